package io.caravan.delivery;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A part of the queue, as the ledger can look for it.
 *
 * @param runs     at least one
 * @param lanes    null: all
 * @param domain   of the recipient; empty: all
 * @param fresh    mail that was never claimed
 * @param deferred mail that waits for its next attempt
 * @param reason   words in the last reply to deferred mail; empty: whatever it was
 */
public record QueuePart(List<Long> runs, @Nullable Set<Integer> lanes, String domain, boolean fresh, boolean deferred,
        String reason) {

    public QueuePart {
        runs = List.copyOf(runs);
        lanes = lanes == null ? null : Set.copyOf(lanes);
    }

    boolean isEmpty() {
        return runs.isEmpty() || lanes != null && lanes.isEmpty();
    }

    boolean asksRows() {
        return !domain.isEmpty() || !reason.isEmpty();
    }

    /** Conditions on a table's {@code lane_id}. */
    String lane(String alias) {
        return lanes == null ? "" : " and " + alias + ".lane_id in (:lanes)";
    }

    /** Conditions on {@code d}, a row of the ledger. */
    String row() {
        return (domain.isEmpty() ? "" : " and d.domain = :domain")
                + (reason.isEmpty() ? "" : " and (instr(d.reply, :reason) > 0 or instr(d.reason, :reason) > 0)");
    }

    /** Gives the statement what its text names. */
    JdbcClient.StatementSpec fill(JdbcClient jdbc, String sql) {
        JdbcClient.StatementSpec asked = jdbc.sql(sql);
        asked = sql.contains(":lanes") ? asked.param("lanes", lanes) : asked;
        asked = sql.contains(":domain") ? asked.param("domain", domain) : asked;
        return sql.contains(":reason") ? asked.param("reason", reason) : asked;
    }
}
