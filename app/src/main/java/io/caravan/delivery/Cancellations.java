package io.caravan.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.mail.RowState;
import io.caravan.mail.RunId;

/** Cancels what waits: pending and deferred rows, of a whole run or of a part of the queue, in slices. What is sending finishes. */
@Repository
public class Cancellations {

    private static final int SLICE = 10_000;
    private static final int STRETCHES = 50;

    private record Stretch(long id, int lane, int next, int to, long hold) {
    }

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    public Cancellations(JdbcClient jdbc, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /** @return how many rows became cancelled; call again while open batches may give rows back */
    public long cancel(RunId run, String reason) {
        QueuePart all = new QueuePart(List.of(run.value()), null, "", true, true, "");
        long cancelled = 0;
        long slice;
        do {
            slice = cancel(all, reason);
            cancelled += slice;
        } while (slice > 0);
        return cancelled;
    }

    /** The same of a part of the queue, once: what is given back meanwhile is left. */
    public long cancel(QueuePart part, String reason) {
        long cancelled = 0;
        for (long run : part.isEmpty() ? List.<Long>of() : part.runs()) {
            cancelled += (part.fresh() ? fresh(run, part, reason) : 0)
                    + (part.deferred() ? deferred(run, part, reason) : 0);
        }
        return cancelled;
    }

    /** Through the stretches as they are now, in the order of their ids; the pieces that are left of one come after the last. */
    private long fresh(long run, QueuePart part, String reason) {
        long last = part
                .fill(jdbc, "select coalesce(max(s.id), 0) from stretch s where s.run_id = :run" + part.lane("s"))
                .param("run", run).query(Long.class).single();
        long[] at = new long[2]; // the stretch that is dealt with, and the number up to which
        long done = 0;
        while (at[0] <= last && last > 0) {
            done += transaction.execute(_ -> slice(run, part, reason, at, last));
        }
        return done;
    }

    private int slice(long run, QueuePart part, String reason, long[] at, long last) {
        List<Stretch> some = part.fill(jdbc,
                "select s.id, s.lane_id, s.next_n, s.to_n, s.hold_id from stretch s force index (stretch_run)"
                        + " where s.run_id = :run and s.id >= :id"
                        + " and s.id <= :last" + part.lane("s") + " order by s.id limit " + STRETCHES + " for update")
                .param("run", run).param("id", at[0]).param("last", last)
                .query((rs, _) -> new Stretch(rs.getLong(1), rs.getInt(2), rs.getInt(3), rs.getInt(4), rs.getLong(5)))
                .list();
        Map<Integer, Integer> lanes = new TreeMap<>();
        int looked = 0;
        for (Stretch stretch : some) {
            int from = (int) Math.max(stretch.next(), stretch.id() == at[0] ? at[1] + 1 : 0);
            int to = (int) Math.min(stretch.to(), (long) from + SLICE - looked - 1);
            if (from <= to) {
                lanes.merge(stretch.lane(), part.domain().isEmpty()
                        ? cancel(run, stretch, from, to, reason)
                        : cut(run, stretch, from, to, part, reason), Integer::sum);
                looked += to - from + 1;
            }
            boolean whole = to >= stretch.to();
            at[0] = whole ? stretch.id() + 1 : stretch.id();
            at[1] = whole ? 0 : to;
            if (looked >= SLICE) {
                break;
            }
        }
        if (some.isEmpty()) {
            at[0] = last + 1;
        }
        return counted(run, RowState.PENDING, lanes);
    }

    /** From its beginning: it gets shorter, or is gone. */
    private int cancel(long run, Stretch stretch, int from, int to, String reason) {
        int done = jdbc.sql("update delivery set state = 'cancelled', reason = :reason"
                + " where run_id = :run and n between :from and :to and state = 'pending'").param("reason", reason)
                .param("run", run).param("from", from).param("to", to).update();
        if (to == stretch.to()) {
            jdbc.sql("delete from stretch where id = :id").param("id", stretch.id()).update();
        } else {
            jdbc.sql("update stretch set next_n = :next where id = :id").param("next", to + 1)
                    .param("id", stretch.id()).update();
        }
        return done;
    }

    /** Only those of a domain: what is left between them become stretches of their own, the last piece keeps its id. */
    private int cut(long run, Stretch stretch, int from, int to, QueuePart part, String reason) {
        List<Integer> rows = part.fill(jdbc,
                "select d.n from delivery d where d.run_id = :run and d.n between :from and :to and d.state = 'pending'"
                        + part.row() + " order by d.n")
                .param("run", run).param("from", from).param("to", to).query(Integer.class).list();
        if (rows.isEmpty()) {
            return 0;
        }
        List<String> pieces = new ArrayList<>();
        int next = stretch.next();
        for (int n : rows) {
            if (n > next) {
                pieces.add("(%d,%d,%d,%d,%d)".formatted(run, stretch.lane(), next, n - 1, stretch.hold()));
            }
            next = n + 1;
        }
        int done = jdbc.sql("update delivery set state = 'cancelled', reason = :reason where run_id = :run"
                + " and n in (:rows) and state = 'pending'").param("reason", reason).param("run", run)
                .param("rows", rows).update();
        if (next > stretch.to()) {
            jdbc.sql("delete from stretch where id = :id").param("id", stretch.id()).update();
        } else {
            jdbc.sql("update stretch set next_n = :next where id = :id").param("next", next).param("id", stretch.id())
                    .update();
        }
        if (!pieces.isEmpty()) {
            jdbc.sql("insert into stretch (run_id, lane_id, next_n, to_n, hold_id) values "
                    + String.join(",", pieces)).update();
        }
        return done;
    }

    private long deferred(long run, QueuePart part, String reason) {
        long done = 0;
        int[] after = {-1};
        while (after[0] < Integer.MAX_VALUE) {
            done += transaction.execute(_ -> deferred(run, part, reason, after));
        }
        return done;
    }

    private int deferred(long run, QueuePart part, String reason, int[] after) {
        TreeMap<Integer, Integer> waiting = new TreeMap<>();
        part.fill(jdbc, "select t.n, t.lane_id from retry t"
                + (part.asksRows() ? " straight_join delivery d on d.run_id = t.run_id and d.n = t.n" : "")
                + " where t.run_id = :run and t.n > :after and t.batch_id is null" + part.lane("t") + part.row()
                + " order by t.n limit 1000 for update").param("run", run).param("after", after[0])
                .query((rs, _) -> waiting.put(rs.getInt(1), rs.getInt(2))).list();
        if (waiting.isEmpty()) {
            after[0] = Integer.MAX_VALUE;
            return 0;
        }
        after[0] = waiting.lastKey();
        jdbc.sql("update delivery set state = 'cancelled', reason = :reason where run_id = :run and n in (:rows)"
                + " and state = 'deferred'").param("reason", reason).param("run", run)
                .param("rows", waiting.keySet()).update();
        jdbc.sql("delete from retry where run_id = :run and n in (:rows)").param("run", run)
                .param("rows", waiting.keySet()).update();
        Map<Integer, Integer> lanes = new TreeMap<>();
        waiting.values().forEach(lane -> lanes.merge(lane, 1, Integer::sum));
        return counted(run, RowState.DEFERRED, lanes);
    }

    private int counted(long run, RowState from, Map<Integer, Integer> lanes) {
        int done = lanes.values().stream().mapToInt(Integer::intValue).sum();
        RunCounts.add(jdbc, run, Map.of(from, (long) -done, RowState.CANCELLED, (long) done));
        RunLanes.cancelled(jdbc, run, from, lanes);
        return done;
    }
}
