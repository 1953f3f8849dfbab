package io.caravan.delivery;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.mail.RowState;

/**
 * A result that came after its node was declared lost. It overwrites nothing that is known: only the doubt that the declaration itself made,
 * about just this attempt, gives way to it.
 */
final class LateEvidence {

    private LateEvidence() {
    }

    private static final Set<RowState> ENDS_NOTHING = Set.of(RowState.IN_DOUBT, RowState.DEFERRED);

    /**
     * The state that this result may end, and its row locked; empty if the row waits for no such news. A deferral is none: the run may be
     * over by now, so who knows of one says that the row is to go again ({@link Ledger#resend}).
     *
     * <p>A row that goes again by its campaign's policy is deferred: as long as it has not gone, what became of the first try still counts.
     */
    static Optional<RowState> ends(JdbcClient jdbc, int node, int epoch, Outcome outcome) {
        return jdbc.sql("""
                select d.state from batch b
                straight_join delivery d on d.run_id = b.run_id and d.n = :n and d.attempts = :attempt
                where b.id = :batch and b.node_id = :node and b.epoch = :epoch and b.lost_at is not null
                  and (d.state = 'in_doubt' or d.state = 'deferred' and exists (select 1 from retry t
                       where t.run_id = d.run_id and t.n = d.n and t.batch_id is null)) for update""")
                .param("n", outcome.row().n()).param("attempt", outcome.attempt()).param("batch", outcome.batch())
                .param("node", node).param("epoch", epoch).query(String.class).optional().map(RowState::of)
                .filter(_ -> !ENDS_NOTHING.contains(outcome.state()));
    }

    /** Settles the row by it, in the caller's transaction. */
    static void settle(JdbcClient jdbc, RowState from, Outcome outcome) {
        RowState to = outcome.state();
        jdbc.sql("""
                update delivery set state = :state, reason = :reason, host = :host, status = :status, reply = :reply, last_attempt_at = :at
                where run_id = :run and n = :n""").param("state", to.word())
                .param("reason",
                        to == RowState.ACCEPTED ? "settled by a late reply" : Settlements.cut(outcome.reason(), 500))
                .param("host", Settlements.cut(outcome.host(), 255)).param("status", outcome.status())
                .param("reply", Settlements.cut(outcome.reply(), 500))
                .param("at", at(outcome)).param("run", outcome.row().run()).param("n", outcome.row().n()).update();
        jdbc.sql("delete from retry where run_id = :run and n = :n").param("run", outcome.row().run())
                .param("n", outcome.row().n()).update();
        RunCounts.add(jdbc, outcome.row().run(), Map.of(from, -1L, to, 1L));
        RunLanes.moved(jdbc, outcome.row(), from, to);
        SetAside.moved(jdbc, outcome.row(), to);
    }

    static LocalDateTime at(Outcome outcome) {
        return LocalDateTime.ofInstant(outcome.at().truncatedTo(ChronoUnit.MICROS), ZoneOffset.UTC);
    }
}
