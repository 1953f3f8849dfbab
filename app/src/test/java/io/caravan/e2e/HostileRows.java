package io.caravan.e2e;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

import io.caravan.Payload;
import io.caravan.e2e.HostileFields.Field;

import static java.util.Map.entry;

/** Writes payloads past every door, into the rows themselves. */
final class HostileRows {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    /** What is filled elsewhere, or has rows of which only some are to be filled. */
    private static final Map<String, String> ONLY = Map.ofEntries(entry("delivery", "address like 'm%'"),
            entry("contact", "address like 'm%'"), entry("suppression", "address like 's%'"), entry("node", "id > 1"),
            entry("list", "name <> 'hostile'"), entry("campaign_version", "campaign_id > 1"), entry("import", "id > 1"),
            entry("lane", "identity = 'x'"), entry("content", "sha256 like 'hostile%'"),
            entry("run", "id > 1"), entry("import_row", "verdict <> 'invalid'"));

    private final HostileWorld world;
    private final JdbcClient sql;

    HostileRows(HostileWorld world) {
        this.world = world;
        sql = world.server.sql();
    }

    void write() {
        world.payloads.forEach(this::more);
        world.payloads.forEach(this::slowed);
        sql.sql("insert into campaign_version select campaign_id, 2, sha256, file, source, spec, contents, created_at"
                + " from campaign_version where campaign_id > 1").update();
        sql.sql("update campaign set version = 2 where id > 1").update();
        sql.sql("""
                insert into attempt select run_id, n, 1, now(6), 'deferred', 'x', '4.0.0', 'x' from delivery where address like 'm%'""")
                .update();
        sql.sql("insert into evidence (run_id, n, batch_id, epoch, at, outcome, host, reply)"
                + " select run_id, n, 1, 1, now(6), 'accepted', 'x', 'x' from delivery where address like 'm%'")
                .update();
        specs();
        attributes();
        sources();
        fill();
    }

    /** Rows of tables that have too few. */
    private void more(Payload payload) {
        String x = "x" + payload.n();
        sql.sql("insert into list (name, created_at) values (:x, now(6))").param("x", x).update();
        sql.sql("insert into import (file, list_id, sha256, state, started_at) select 'x', id, :sha, 'refused', now(6) from list where name = :x")
                .param("sha", x).param("x", x).update();
        sql.sql("insert into node (name, host, epoch, boot_id, until, started_at) values (:name, 'x', 1, 'x', now(6), now(6))")
                .param("name", UUID.randomUUID().toString()).update();
        long lane = sql.sql("insert into lane (identity, provider) values ('x', :x) returning id").param("x", x)
                .query(Long.class).single();
        sql.sql("insert into lane_state (lane_id, state, since) values (:lane, 'open', now(6))").param("lane", lane)
                .update();
        sql.sql("insert into lane_reply (lane_id, at, outcome, host, reply) values (:lane, now(6), 'accepted', 'x', 'x')")
                .param("lane", lane).update();
        sql.sql("insert into queue_hold (identity, note, since) values (:x, 'x', now(6))").param("x", x).update();
        sql.sql("insert into run_lane (run_id, lane_id, from_n, to_n, planned) values (1, :lane, 1, 1, 1)")
                .param("lane", lane)
                .update();
        sql.sql("insert into tls_day (day, domain, ok, failed, next_at) values ('2026-11-25', :x, 0, 1, now(6))")
                .param("x", x).update();
        sql.sql("insert into tls_result (day, domain, policy, host, result, sessions)"
                + " values ('2026-11-25', :x, 'sts', 'x', 'validation-failure', 1)").param("x", x).update();
        sql.sql("insert into tls_policy (day, domain, policy, host, applied) values ('2026-11-25', :x, 'sts', '', 'x')")
                .param("x", x).update();
        sql.sql("insert into suppression_removed (id, address, scope, reason, evidence, created_at, removed_at, note)"
                + " values (:id, :x, 'global', 'manual', 'x', now(6), now(6), 'x')").param("id", 100_000 + payload.n())
                .param("x", x).update();
        sql.sql("""
                insert into run (campaign_id, number, version, kind, state, reason, scheduled_for, opened_at, finished_at)
                select id, 1, 1, 'first', :state, 'x', now(6), now(6), :end from campaign where name = :name""")
                .param("name", "h-" + payload.n()).param("state", payload.n() % 2 == 0 ? "asking" : "refused")
                .param("end", payload.n() % 2 == 0 ? null : "2026-01-01 00:00:00").update();
        long content = sql
                .sql("insert into content (sha256, bytes, created_at) values (:sha, 'x', now(6)) returning id")
                .param("sha", "hostile" + payload.n()).query(Long.class).single();
        draft("e-" + payload.n(), draft(payload), JSON.writeValueAsString(Map.of("a.html", content)));
    }

    /** A lane that says why it was slowed, not why it is held. */
    private void slowed(Payload payload) {
        long slowed = sql.sql("insert into lane (identity, provider) values ('slowed', :x) returning id")
                .param("x", "x" + payload.n())
                .query(Long.class).single();
        sql.sql("insert into lane_state (lane_id, since, pace, pace_base, paced_at)"
                + " values (:lane, now(6), 0.1, 10, now(6))").param("lane", slowed).update();
    }

    private void draft(String name, String source, String contents) {
        sql.sql("insert into campaign_draft (name, edit, base, source, contents, updated_at) values (:name, 1, 0, :source, :contents, now(6))")
                .param("name", name).param("source", source).param("contents", contents).update();
    }

    /** A whole campaign file in which every value is a payload. */
    private static String draft(Payload payload) {
        String text = HostileWorld.quoted(payload.in(HostileWorld.DRAFT));
        return "name: e-%d\nfrom: %s\nreply_to: %s\nsubject: %s\nhtml: a.html\naudience:\n  list: %s\ntags: {season: %s}\nvars: {year: %s}\n"
                .formatted(payload.n(), text, text, text, text, text, text);
    }

    /** What campaigns say of themselves. */
    private void specs() {
        for (Payload payload : world.payloads) {
            String text = payload.in(HostileWorld.SPEC);
            sql.sql("""
                    update campaign_version v join campaign c on c.id = v.campaign_id
                       set v.spec = json_set(v.spec, '$.subject', :text, '$.from', :text, '$.replyTo', :text, '$.tags.season', :text,
                                             '$.vars.year', :text, '$.workflow', :text, '$.audience.list', :text)
                     where c.name = :name""").param("text", text).param("name", "h-" + payload.n()).update();
        }
    }

    /** Names of attributes, too, which a door would have refused. */
    private void attributes() {
        for (Payload payload : world.payloads) {
            Map<String, String> all = new LinkedHashMap<>();
            all.put("first_name", payload.in(HostileWorld.ATTRIBUTE));
            all.put(payload.in(HostileWorld.ATTRIBUTE), payload.in(HostileWorld.ATTRIBUTE));
            sql.sql("update contact c set c.attributes = :all where c.address = :who")
                    .param("all", JSON.writeValueAsString(all)).param("who", "p" + payload.n() + "@evil.example")
                    .update();
        }
    }

    /** Mails as strangers write them, and not as our own header writer would. */
    private void sources() {
        List<Long> ids = sql.sql("select id from mailbox_message order by id").query(Long.class).list();
        for (int i = 0; i < ids.size(); i++) {
            sql.sql("update mailbox_source set source = :source where message_id = :id").param("id", ids.get(i))
                    .param("source", source(world.payload(i)).getBytes(StandardCharsets.UTF_8)).update();
        }
    }

    private static String source(Payload payload) {
        String line = payload.in(HostileWorld.MAIL).replaceAll("[\r\n\\x00]+", " ");
        String quoted = line.replace("\\", "\\\\").replace("\"", "\\\"");
        return "From: " + line + "\r\nSubject: " + line + "\r\nX-Evil: " + line + "\r\nList-Unsubscribe: <" + line
                + ">\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
                + "<p>" + payload.in(HostileWorld.MAIL)
                + "</p><a href=\"javascript:alert(1)\">x</a><a href=\"https://shop.example/?q="
                + line.replaceAll("[\"'<>\\s]|" + Payload.MARK, "")
                + "\">y</a>\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
                + payload.in(HostileWorld.MAIL) + "\r\n--b\r\nContent-Type: text/html; name=\"" + quoted
                + "\"\r\nContent-Disposition: attachment; filename=\"" + quoted + "\"\r\n\r\n"
                + payload.in(HostileWorld.MAIL)
                + "\r\n--b--\r\n";
    }

    private void fill() {
        Map<String, List<Field>> tables = new LinkedHashMap<>();
        world.fields.all.forEach(field -> tables.computeIfAbsent(field.table(), _ -> new ArrayList<>()).add(field));
        JdbcTemplate jdbc = new JdbcTemplate(world.server.bean(javax.sql.DataSource.class));
        tables.forEach((table, fields) -> {
            String key = fields.getFirst().key();
            List<Map<String, Object>> rows = jdbc.queryForList(
                    "select " + key + " from `" + table + "` where " + ONLY.getOrDefault(table, "true") + " order by "
                            + key);
            if (rows.size() < world.payloads.size()) {
                throw new AssertionError(table + " has " + rows.size() + " rows: fewer than there are payloads");
            }
            List<Object[]> values = new ArrayList<>();
            for (int r = 0; r < rows.size(); r++) {
                List<Object> one = new ArrayList<>();
                for (int c = 0; c < fields.size(); c++) {
                    one.add(fields.get(c).kept(world.payload(r + 7 * c)));
                }
                one.addAll(rows.get(r).values());
                values.add(one.toArray());
            }
            jdbc.batchUpdate("update `" + table + "` set "
                    + String.join(", ", fields.stream().map(f -> "`" + f.column() + "` = ?").toList())
                    + " where " + key.replace(",", " = ? and ") + " = ?", values);
        });
    }
}
