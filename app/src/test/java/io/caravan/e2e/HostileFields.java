package io.caravan.e2e;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.Payload;

/**
 * Every column that keeps a text, by what becomes of it here: filled with payloads, or named as one that nobody can write into. A column that
 * stands in neither list is new: {@link #unknown} says so.
 */
final class HostileFields {

    /**
     * A column that is filled by hand.
     *
     * @param shown false: kept, and on no page and in no answer
     */
    record Field(int number, String table, String column, String key, int longest, String before, boolean shown) {
        String kept(Payload payload) {
            return before + payload.in(number, longest - before.length());
        }
    }

    /** Ours alone: states, hashes, keys that we make, names that a rule bounds, JSON that is filled by its values. */
    private static final Set<String> OURS = Set.of("batch.state", "attempt.outcome", "attempt.status",
            "campaign.name",
            "campaign.state", "campaign_draft.name", "campaign_draft.source", "campaign_draft.contents",
            "campaign_version.contents",
            "campaign_version.sha256", "campaign_version.spec", "column_mapping.columns", "column_mapping.header",
            "contact.address", "contact.attributes", "contact.domain", "content.sha256", "contact_version.attributes",
            "delivery.domain",
            "delivery.state", "delivery.status", "evidence.outcome", "hold.reason", "import.mode", "import.sha256",
            "import.source", "import.state", "import_row.verdict", "installation.name", "lane_hour.outcome",
            "lane_minute.outcome", "lane_ask.domains", "lane_reply.outcome", "lane_state.state", "lane_state.measure",
            "import_span.verdict", "import_stretch.verdict",
            "installation.secret_sha256",
            "evidence.status", "dkim_key.domain", "dkim_key.selector", "dkim_key.algorithm", "dkim_key.published",
            "dkim_key.secret",
            // of the DNS, and of files that it leads to: on no page; what a run says of them is in its reason
            "domain_provider.domain", "domain_provider.provider", "domain_provider.mx", "domain_provider.dead",
            "sts_policy.domain", "sts_policy.txt_id", "sts_policy.policy", "tls_result.domain", "tls_result.policy",
            "tls_result.result", "tls_result.sending_ip", "tls_result.receiving_ip", "tls_policy.domain",
            "tls_policy.policy", "tls_policy.host", "tls_day.domain", "tls_day.report",
            "mailbox_message.recipient_key", "mailbox_source.source", "node.name", "planning.planner",
            "quota_day.identity",
            "plan_lane.domain", "request_key.body",
            "request_key.headers", "request_key.name", "run.kind", "run.paused_from", "run.state", "run_count.state",
            "scope.name",
            "set_aside.state", "suppression.reason", "suppression.row_ref", "suppression_removed.reason",
            "suppression_removed.row_ref", "turn.task", "upload.node", "upload.columns");

    final List<Field> all = new ArrayList<>();
    private final Map<Integer, Field> byNumber = new HashMap<>();

    HostileFields() {
        shown("contact", "id", "written", 320);
        shown("list", "id", "name", 190);
        shown("import", "id", "file", 255);
        shown("import", "id", "reason", 1000);
        shown("import_row", "import_id,row_no", "written", 1000);
        shown("import_row", "import_id,row_no", "reason", 1000);
        shown("upload", "id", "file", 255);
        shown("campaign_version", "version,campaign_id", "file", 255);
        shown("campaign_version", "version,campaign_id", "source", 2000);
        shown("run", "id", "reason", 1000);
        shown("delivery", "run_id,n", "address", 320);
        shown("delivery", "run_id,n", "reason", 500);
        shown("delivery", "run_id,n", "host", 255);
        shown("delivery", "run_id,n", "reply", 500);
        shown("attempt", "run_id,n,attempt", "host", 255);
        shown("attempt", "run_id,n,attempt", "reply", 500);
        shown("evidence", "id", "host", 255);
        shown("evidence", "id", "reply", 500);
        shown("lane", "id", "identity", 190);
        shown("lane", "id", "provider", 255);
        shown("tls_day", "day,domain", "said", 500);
        shown("tls_result", "day,domain", "host", 255);
        shown("tls_policy", "day,domain", "applied", 2000);
        shown("lane_state", "lane_id", "why", 255);
        shown("lane_state", "lane_id", "note", 255);
        shown("lane_state", "lane_id", "pace_why", 255);
        shown("lane_reply", "lane_id", "host", 255);
        shown("lane_reply", "lane_id", "reply", 500);
        shown("queue_hold", "id", "identity", 190);
        shown("queue_hold", "id", "provider", 255);
        shown("queue_hold", "id", "domain", 255);
        shown("queue_hold", "id", "note", 255);
        shown("suppression", "id", "address", 320);
        add("suppression", "id", "scope", 200, "list:", true);
        shown("suppression", "id", "evidence", 1000);
        shown("suppression_removed", "id", "address", 320);
        add("suppression_removed", "id", "scope", 200, "list:", true);
        shown("suppression_removed", "id", "evidence", 1000);
        shown("suppression_removed", "id", "note", 1000);
        shown("mailbox_message", "id", "campaign", 190);
        shown("mailbox_message", "id", "sender", 320);
        shown("mailbox_message", "id", "recipient", 320);
        shown("mailbox_message", "id", "from_header", 998);
        shown("mailbox_message", "id", "subject", 998);
        shown("mailbox_message", "id", "message_id", 255);
        add("mailbox_message", "id", "tags", 2000, "season=", true);
        shown("node", "id", "host", 255);
        add("node", "id", "boot_id", 64, "", false);
        shown("content", "id", "bytes", 2000);
    }

    private void shown(String table, String key, String column, int longest) {
        add(table, key, column, longest, "", true);
    }

    private void add(String table, String key, String column, int longest, String before, boolean shown) {
        Field field = new Field(all.size() + 1, table, column, key, longest, before, shown);
        all.add(field);
        byNumber.put(field.number(), field);
    }

    Field of(String table, String column) {
        return all.stream().filter(field -> field.table().equals(table) && field.column().equals(column)).findFirst()
                .orElseThrow();
    }

    /** What stands in a field with that mark; fields filled by doors are long enough for all. */
    String kept(int number, Payload payload) {
        Field field = byNumber.get(number);
        return field != null ? field.kept(payload) : HostileWorld.kept(number, payload);
    }

    /** Columns with text that are in neither list. */
    Set<String> unknown(JdbcClient sql) {
        Set<String> columns = new TreeSet<>(sql.sql("""
                select concat(table_name, '.', column_name) from information_schema.columns where table_schema = database()
                 and data_type in ('char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'json', 'blob', 'mediumblob', 'longblob')
                 and table_name not like 'QRTZ%' and table_name <> 'flyway_schema_history'""").query(String.class)
                .list());
        columns.removeAll(OURS);
        all.forEach(field -> columns.remove(field.table() + "." + field.column()));
        return columns;
    }
}
