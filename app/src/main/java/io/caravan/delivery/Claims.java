package io.caravan.delivery;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.mail.RowState;
import io.caravan.mail.RunId;

/**
 * Claims by range: a claim locks a few stretches, moves their mark and inserts a batch. No ledger row is touched; the rows of an open
 * batch that are not yet settled are those that are <i>sending</i>.
 */
@Repository
public class Claims {

    /** What a lane has to give now. */
    public record Waiting(int lane, long fresh, long due) {
        public long rows() {
            return fresh + due;
        }

        /** Without so many; retries stay first. */
        public Waiting after(long left) {
            long later = Math.max(0, left - due);
            return new Waiting(lane, Math.max(0, fresh - later), Math.max(0, due - left));
        }
    }

    /** A batch, and how many of its rows are of which lane. */
    public record Claimed(BatchReference batch, Map<Integer, Integer> lanes) {
    }

    private record Stretch(long id, int lane, int next, int to) {
    }

    /** Numbers that were taken from a lane's stretch. */
    record Taken(int lane, int from, int to) {
        int size() {
            return to - from + 1;
        }
    }

    private static final int LOOK = 5000;
    private static final String DUE = " where run_id = :run and batch_id is null and hold_id = 0 and due_at <= now(6)";

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final RunLanes runLanes;

    public Claims(JdbcClient jdbc, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.runLanes = new RunLanes(jdbc);
    }

    /** What waits in a run, by lane: rows never claimed, and retries that are due. Reads only stretches and due retries. */
    public List<Waiting> waiting(RunId run) {
        Map<Integer, long[]> lanes = new TreeMap<>();
        jdbc.sql("select lane_id, sum(to_n - next_n + 1) from stretch force index (stretch_hold)"
                + " where run_id = :run and hold_id = 0 group by lane_id")
                .param("run", run.value())
                .query((rs, _) -> lanes.computeIfAbsent(rs.getInt(1), _ -> new long[2])[0] = rs.getLong(2)).list();
        due(run).forEach((lane, rows) -> lanes.computeIfAbsent(lane, _ -> new long[2])[1] = rows);
        return lanes.entrySet().stream().map(e -> new Waiting(e.getKey(), e.getValue()[0], e.getValue()[1])).toList();
    }

    /** Where one look sees no end of them, those lanes are looked for that have none among the oldest: a backlog hides no other lane. */
    private Map<Integer, Long> due(RunId run) {
        Map<Integer, Long> due = new TreeMap<>();
        Set<Integer> hidden = Set.of();
        long seen = due(run, "retry" + DUE, hidden, due);
        while (seen == LOOK) {
            hidden = new TreeSet<>(runLanes.ids(run));
            hidden.removeAll(due.keySet());
            seen = hidden.isEmpty()
                    ? 0
                    : due(run, "retry force index (retry_lane)" + DUE + " and lane_id in (:hidden)", hidden, due);
        }
        return due;
    }

    private long due(RunId run, String which, Set<Integer> hidden, Map<Integer, Long> due) {
        return jdbc.sql("select lane_id, count(*) from (select lane_id from " + which + " limit " + LOOK
                + ") r group by lane_id").param("run", run.value()).param("hidden", hidden).query((rs, _) -> {
                    due.put(rs.getInt(1), rs.getLong(2));
                    return rs.getLong(2);
                }).list().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Claims up to {@code permits} rows of each lane into one batch of this node. Due retries go first, but in a trickle last.
     *
     * @param permits by lane
     * @return empty if nothing was there to claim, another node having been faster
     */
    public Optional<BatchReference> claim(RunId run, int node, int epoch, Map<Integer, Integer> permits) {
        return claim(run, node, epoch, permits, Restraint.NONE).map(Claimed::batch);
    }

    /** The same, but for what is held back. */
    public Optional<Claimed> claim(RunId run, int node, int epoch, Map<Integer, Integer> permits,
            Restraint restraint) {
        return transaction.execute(_ -> claimed(run.value(), node, epoch, new TreeMap<>(permits), restraint, false));
    }

    /** The same for whichever node takes it ({@link Takings}): until then it is in nobody's hands. */
    public Optional<Claimed> claimForTaking(RunId run, int node, int epoch, Map<Integer, Integer> permits,
            Restraint restraint) {
        return transaction.execute(_ -> claimed(run.value(), node, epoch, new TreeMap<>(permits), restraint, true));
    }

    private Optional<Claimed> claimed(long run, int node, int epoch, TreeMap<Integer, Integer> permits,
            Restraint restraint, boolean untaken) {
        boolean open = jdbc.sql("select count(*) from run where id = :run and state = 'running' lock in share mode")
                .param("run", run)
                .query(Long.class).single() > 0; // pause and cancel take effect between claims
        if (!open || permits.isEmpty() || !QueueHolds.stand(jdbc, restraint)) {
            return Optional.empty();
        }
        PutAside aside = new PutAside(jdbc, run, restraint.domains());
        List<Taken> numbers = new ArrayList<>(untried(run, permits));
        Map<Integer, Integer> due = dueRetries(run, permits);
        List<Integer> retries = aside.retries(List.copyOf(due.keySet()));
        numbers.addAll(stretches(run, permits));
        List<Taken> ranges = aside.ranges(numbers);
        int fresh = ranges.stream().mapToInt(Taken::size).sum();
        int size = fresh + retries.size();
        if (size == 0) {
            return Optional.empty();
        }
        long batch = jdbc.sql("""
                insert into batch (run_id, node_id, epoch, size, state, claimed_at, untaken)
                values (:run, :node, :epoch, :size, 'open', now(6), :untaken) returning id""")
                .param("run", run).param("untaken", untaken)
                .param("node", node)
                .param("epoch", epoch).param("size", size).query(Long.class).single();
        if (!ranges.isEmpty()) {
            jdbc.sql("insert into batch_range (batch_id, from_n, to_n) values "
                    + String.join(",",
                            ranges.stream().map(r -> "(%d,%d,%d)".formatted(batch, r.from(), r.to())).toList()))
                    .update();
        }
        if (!retries.isEmpty()) {
            jdbc.sql("update retry set batch_id = :batch where run_id = :run and n in (:rows)").param("batch", batch)
                    .param("run", run)
                    .param("rows", retries).update();
        }
        RunCounts.add(jdbc, run,
                Map.of(RowState.PENDING, (long) -fresh, RowState.DEFERRED, (long) -retries.size(), RowState.SENDING,
                        (long) size));
        Map<Integer, Integer> lanes = new TreeMap<>();
        retries.forEach(n -> lanes.merge(due.getOrDefault(n, 0), 1, Integer::sum));
        ranges.forEach(range -> lanes.merge(range.lane(), range.size(), Integer::sum));
        return Optional.of(new Claimed(new BatchReference(batch, run, node, epoch, size), lanes));
    }

    /** Of lanes whose trickle is to find out whether they are well: what has failed before is no sample of them, so it goes last. */
    private List<Taken> untried(long run, TreeMap<Integer, Integer> permits) {
        List<Integer> tried = jdbc.sql("select lane_id from lane_state where state = 'half_open'"
                + " and lane_id in (:lanes)").param("lanes", permits.keySet()).query(Integer.class).list();
        TreeMap<Integer, Integer> theirs = new TreeMap<>(permits);
        theirs.keySet().retainAll(tried);
        List<Taken> taken = stretches(run, theirs);
        permits.putAll(theirs);
        permits.values().removeIf(left -> left <= 0);
        return taken;
    }

    /** The oldest of all lanes in one look. If that was full, a lane's backlog may have kept out others: each of those is looked at by itself. */
    private Map<Integer, Integer> dueRetries(long run, TreeMap<Integer, Integer> permits) {
        int wanted = permits.values().stream().mapToInt(Integer::intValue).sum();
        Map<Integer, Integer> rows = new LinkedHashMap<>();
        if (permits.isEmpty()) {
            return rows;
        }
        int seen = jdbc.sql("select n, lane_id from retry" + DUE
                + " and lane_id in (:lanes) order by due_at limit :wanted for update skip locked").param("run", run)
                .param("lanes", permits.keySet())
                .param("wanted", wanted).query((rs, _) -> {
                    if (permits.merge(rs.getInt(2), -1, Integer::sum) >= 0) {
                        rows.put(rs.getInt(1), rs.getInt(2));
                    }
                    return 0;
                }).list().size();
        permits.values().removeIf(left -> left <= 0);
        if (seen == wanted) {
            permits.replaceAll((lane, left) -> left - dueOf(run, lane, left, rows));
            permits.values().removeIf(left -> left <= 0);
        }
        return rows;
    }

    private int dueOf(long run, int lane, int wanted, Map<Integer, Integer> rows) {
        List<Integer> more = jdbc.sql("select n from retry force index (retry_lane)" + DUE
                + " and lane_id = :lane and n not in (:rows) order by due_at limit :wanted for update skip locked")
                .param("run", run).param("lane", lane).param("rows", rows.keySet()).param("wanted", wanted)
                .query(Integer.class).list();
        more.forEach(n -> rows.put(n, lane));
        return more.size();
    }

    private List<Taken> stretches(long run, TreeMap<Integer, Integer> permits) {
        List<Taken> taken = new ArrayList<>();
        if (permits.isEmpty()) {
            return taken;
        }
        List<Stretch> locked = jdbc.sql("""
                select id, lane_id, next_n, to_n from stretch force index (stretch_hold)
                where run_id = :run and hold_id = 0 and lane_id in (:lanes)
                order by lane_id, id limit 500 for update skip locked""").param("run", run)
                .param("lanes", permits.keySet())
                .query((rs, _) -> new Stretch(rs.getLong(1), rs.getInt(2), rs.getInt(3), rs.getInt(4))).list();
        List<Long> used = new ArrayList<>();
        for (Stretch stretch : locked) {
            int want = Math.min(permits.getOrDefault(stretch.lane(), 0), stretch.to() - stretch.next() + 1);
            if (want <= 0) {
                continue;
            }
            permits.merge(stretch.lane(), -want, Integer::sum);
            taken.add(new Taken(stretch.lane(), stretch.next(), stretch.next() + want - 1));
            if (stretch.next() + want > stretch.to()) {
                used.add(stretch.id());
            } else {
                jdbc.sql("update stretch set next_n = next_n + :want where id = :id").param("want", want)
                        .param("id", stretch.id()).update();
            }
        }
        if (!used.isEmpty()) {
            jdbc.sql("delete from stretch where id in (:used)").param("used", used).update();
        }
        return taken;
    }
}
