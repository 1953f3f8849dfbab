package io.caravan.delivery;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowId;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;

/** The ledger to read, and the decisions that people and reports make about a single row. */
@Repository
public class Ledger {

    private static final int SLICE = 1000;
    /** What holds a pending row is asked of the orders, not noted in it: a release of much mail would write each of its rows. */
    static final String ROW = """
            select d.run_id, d.n, d.address, if(d.state = 'pending', '', d.reason) as reason, d.attempts, d.host, d.status, d.reply,
                   d.first_attempt_at, d.last_attempt_at, h.reason as held,
                   case when d.state = 'pending' and exists (select 1 from queue_hold where domain <> '') then
                       (select q.note from queue_hold q force index (queue_hold_domain) where q.domain = d.domain
                          and q.run_id in (0, d.run_id) and (q.until is null or q.until > utc_timestamp(6))
                          and (q.identity = '' and q.provider = '' or exists (select 1 from lane l where l.id = d.lane_id
                               and q.identity in ('', l.identity) and q.provider in ('', l.provider)))
                        order by q.id limit 1) end as ordered,
                   case when d.state = 'pending' and exists (select 1 from batch b join batch_range r on r.batch_id = b.id
                                 where b.run_id = d.run_id and b.state = 'open' and d.n between r.from_n and r.to_n) then 'sending'
                        when d.state = 'deferred' and exists (select 1 from retry t where t.run_id = d.run_id and t.n = d.n
                                 and t.batch_id is not null) then 'sending'
                        else d.state end as shown
            from delivery d left join hold h on h.run_id = d.run_id and h.lane_id = d.lane_id and d.state = 'pending'
            """;

    /** Of what holds a lane; a longer reason must not make the claim fail that wants to tell it. */
    private static final int LONGEST = 255;

    /** One attempt that did not end in acceptance. */
    public record Attempt(int number, Instant at, String outcome, String host, String status, String reply) {
    }

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    public Ledger(JdbcClient jdbc, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /** Every row of a run in order, in slices: constant memory at any size. */
    public void rows(RunId run, @Nullable RowState state, Consumer<LedgerRow> reader) {
        List<LedgerRow> slice;
        int after = 0;
        do {
            slice = jdbc.sql(ROW + " where d.run_id = :run and d.n > :after order by d.n limit " + SLICE)
                    .param("run", run.value())
                    .param("after", after).query((rs, _) -> row(rs)).list();
            for (LedgerRow row : slice) {
                if (state == null || row.state() == state) {
                    reader.accept(row);
                }
                after = row.row().n();
            }
        } while (slice.size() == SLICE);
    }

    /** The rows of a run that are in doubt, in order: found by their attempts, however large the run. */
    public List<LedgerRow> doubtful(RunId run, int after, int limit) {
        return jdbc.sql(ROW + """
                 where d.run_id = :run and d.state = 'in_doubt' and d.n in (select a.n from attempt a
                       where a.run_id = :run and a.outcome = 'in_doubt' and a.n > :after)
                 order by d.n limit :limit""").param("run", run.value()).param("after", after).param("limit", limit)
                .query((rs, _) -> row(rs)).list();
    }

    public Optional<LedgerRow> row(RowId id) {
        return jdbc.sql(ROW + " where d.run_id = :run and d.n = :n").param("run", id.run()).param("n", id.n())
                .query((rs, _) -> row(rs))
                .optional();
    }

    public List<Attempt> attempts(RowId id) {
        return jdbc.sql(
                "select attempt, at, outcome, host, status, reply from attempt where run_id = :run and n = :n order by attempt")
                .param("run", id.run()).param("n", id.n())
                .query((rs, _) -> new Attempt(rs.getInt(1), Batches.instant(rs, 2), rs.getString(3),
                        rs.getString(4), rs.getString(5), rs.getString(6)))
                .list();
    }

    /** Moves one row that is settled: a person's decision on a doubtful one, or late evidence. Refused if it is not in {@code from}. */
    public boolean move(RowId id, RowState from, RowState to, String reason) {
        return transaction.execute(_ -> {
            int hit = jdbc.sql(
                    "update delivery set state = :to, reason = :reason where run_id = :run and n = :n and state = :from")
                    .param("to", to.word()).param("reason", Settlements.cut(reason, 500)).param("run", id.run())
                    .param("n", id.n()).param("from", from.word())
                    .update();
            if (hit == 1) {
                RunCounts.add(jdbc, id.run(), Map.of(from, -1L, to, 1L));
                RunLanes.moved(jdbc, id, from, to);
                SetAside.moved(jdbc, id, to);
            }
            return hit == 1;
        });
    }

    /** A doubtful row is to be sent again, with the same Message-ID and bytes. */
    public boolean resend(RowId id, String reason) {
        return transaction.execute(_ -> {
            boolean moved = move(id, RowState.IN_DOUBT, RowState.DEFERRED, reason);
            if (moved) {
                jdbc.sql(
                        "insert into retry (run_id, n, lane_id, due_at) select run_id, n, lane_id, now(6) from delivery"
                                + " where run_id = :run and n = :n")
                        .param("run", id.run()).param("n", id.n()).update();
            }
            return moved;
        });
    }

    /** What the reason of a doubt says if the declaration of a lost node made it: about which batch. */
    public static String lostWith(long batch) {
        return "declared lost with batch " + batch + ":";
    }

    /**
     * Whether the declaration about this batch made its doubt, and no other: the row may have gone back from it, or been sent again since,
     * and then the doubt is about a batch of which this one's journal knows nothing. The row is locked, in the caller's transaction.
     */
    public boolean isLostWith(RowId id, long batch) {
        return jdbc.sql("""
                select count(*) from delivery where run_id = :run and n = :n and state = 'in_doubt'
                  and locate(:whose, reason) > 0 for update""").param("run", id.run()).param("n", id.n())
                .param("whose", lostWith(batch)).query(Long.class).single() == 1;
    }

    /** A person's decision on a doubtful row. */
    public void decide(RowId id, String decision) {
        decide(id, decision, null);
    }

    /** @param stopped why the row is cancelled instead of being sent again; null: it goes */
    public void decide(RowId id, String decision, @Nullable String stopped) {
        boolean done = switch (decision) {
            case "accepted" -> move(id, RowState.IN_DOUBT, RowState.ACCEPTED, "settled by a person");
            case "failed" -> move(id, RowState.IN_DOUBT, RowState.FAILED, "settled by a person");
            case "resend" -> stopped == null
                    ? resend(id, "sent again by a person's decision")
                    : move(id, RowState.IN_DOUBT, RowState.CANCELLED,
                            "not sent again, though a person decided so: " + stopped);
            default -> throw new InvalidInput("'" + decision + "' is no decision: say accepted, failed or resend");
        };
        if (!done) {
            throw new InvalidInput("row " + id + " is not in doubt: the doubt verb lists those that are");
        }
    }

    /** Says why a lane of a run is not claimed now, or with null that nothing holds it. */
    public void hold(RunId run, int lane, @Nullable String reason) {
        if (reason == null) {
            jdbc.sql("delete from hold where run_id = :run and lane_id = :lane").param("run", run.value())
                    .param("lane", lane).update();
        } else {
            jdbc.sql("insert into hold (run_id, lane_id, reason, since) values (:run, :lane, :reason, now(6))"
                    + " on duplicate key update reason = values(reason), since = now(6)").param("run", run.value())
                    .param("lane", lane)
                    .param("reason", cut(reason)).update();
        }
    }

    /** A reason as it is kept. */
    public static String cut(String reason) {
        return reason.length() <= LONGEST ? reason : reason.substring(0, LONGEST - 1) + "…";
    }

    /** The lanes of a run that somebody said are held, and why. */
    public Map<Integer, String> heldLanes(RunId run) {
        Map<Integer, String> held = new HashMap<>();
        jdbc.sql("select lane_id, reason from hold where run_id = :run").param("run", run.value())
                .query(rs -> {
                    held.put(rs.getInt(1), rs.getString(2));
                });
        return held;
    }

    /** What holds a run, one line per lane, at most ten. */
    public List<String> holds(RunId run) {
        return jdbc.sql("select distinct reason from hold where run_id = :run order by reason limit 10")
                .param("run", run.value())
                .query(String.class).list();
    }

    /** Forgets what held a run that is over, people's orders about it alone among them. */
    public void release(RunId run) {
        jdbc.sql("delete from hold where run_id = :run").param("run", run.value()).update();
        jdbc.sql("delete from outage where run_id = :run").param("run", run.value()).update();
        jdbc.sql("delete from queue_hold where run_id = :run").param("run", run.value()).update();
    }

    /** When the next deferred row of a run is due, empty if none waits. */
    public Optional<Instant> nextRetry(RunId run) {
        return jdbc.sql(
                "select min(due_at) from retry where run_id = :run and batch_id is null and hold_id = 0"
                        + " having min(due_at) is not null")
                .param("run", run.value()).query((rs, _) -> Batches.instant(rs, 1)).optional();
    }

    static LedgerRow row(ResultSet rs) throws SQLException {
        RowState state = RowState.of(rs.getString("shown"));
        String reason = state == RowState.PENDING
                ? waits(rs.getString("ordered"), rs.getString("held"))
                : rs.getString("reason");
        return new LedgerRow(new RowId(rs.getLong("run_id"), rs.getInt("n")), rs.getString("address"), state, reason,
                rs.getInt("attempts"), rs.getString("host"), rs.getString("status"), rs.getString("reply"),
                Batches.instantOrNull(rs, "first_attempt_at"), Batches.instantOrNull(rs, "last_attempt_at"));
    }

    private static String waits(@Nullable String order, @Nullable String lane) {
        return order != null ? QueueHold.BY_HAND + order : lane != null ? lane : "";
    }
}
