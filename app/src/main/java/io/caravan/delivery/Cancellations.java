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

    /** How far the stretches of a lane are dealt with, in the order of their ids; the pieces that are left of one come after the last. */
    private static final class Walk {
        private final long run;
        private final int lane;
        private final long last;
        private long stretch;
        private int number; // of the stretch that is dealt with, up to which

        private Walk(long run, int lane, long last) {
            this.run = run;
            this.lane = lane;
            this.last = last;
        }

        private void at(long id, int upTo) {
            stretch = id;
            number = upTo;
        }

        private boolean isOver() {
            return stretch > last;
        }
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

    /** Through the stretches as they are now, lane by lane: so each look is by their key, however many they are. */
    private long fresh(long run, QueuePart part, String reason) {
        List<Walk> lanes = part.fill(jdbc,
                "select s.lane_id, max(s.id) from stretch s force index (stretch_run) where s.run_id = :run"
                        + part.lane("s") + " group by s.lane_id")
                .param("run", run).query((rs, _) -> new Walk(run, rs.getInt(1), rs.getLong(2))).list();
        long done = 0;
        for (Walk lane : lanes) {
            while (!lane.isOver()) {
                done += transaction.execute(_ -> slice(lane, part, reason));
            }
        }
        return done;
    }

    /** Found by the key and locked by their ids: a claim locks them by another key, and two keys of one row in two orders are a deadlock. */
    private int slice(Walk walk, QueuePart part, String reason) {
        List<Long> ids = jdbc.sql("""
                select id from stretch force index (stretch_run)
                where run_id = :run and lane_id = :lane and id between :id and :last order by id limit :most""")
                .param("run", walk.run).param("lane", walk.lane).param("id", walk.stretch).param("last", walk.last)
                .param("most", STRETCHES).query(Long.class).list();
        List<Stretch> some = ids.isEmpty()
                ? List.of()
                : jdbc.sql("""
                select id, lane_id, next_n, to_n, hold_id from stretch force index (primary)
                where id in (:ids) order by id for update""").param("ids", ids)
                        .query((rs, _) -> new Stretch(rs.getLong(1), rs.getInt(2), rs.getInt(3), rs.getInt(4),
                                rs.getLong(5)))
                        .list();
        Map<Integer, Integer> lanes = new TreeMap<>();
        int looked = 0;
        for (Stretch stretch : some) {
            int from = (int) Math.max(stretch.next(), stretch.id() == walk.stretch ? walk.number + 1 : 0);
            int to = (int) Math.min(stretch.to(), (long) from + SLICE - looked - 1);
            if (from <= to) {
                lanes.merge(stretch.lane(), part.domain().isEmpty()
                        ? cancel(walk.run, stretch, from, to, reason)
                        : cut(walk.run, stretch, from, to, part, reason), Integer::sum);
                looked += to - from + 1;
            }
            boolean whole = to >= stretch.to();
            walk.at(whole ? stretch.id() + 1 : stretch.id(), whole ? 0 : to);
            if (looked >= SLICE) {
                break;
            }
        }
        if (looked < SLICE) {
            walk.at(ids.size() < STRETCHES ? walk.last + 1 : ids.getLast() + 1, 0);
        }
        return counted(walk.run, RowState.PENDING, lanes);
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
