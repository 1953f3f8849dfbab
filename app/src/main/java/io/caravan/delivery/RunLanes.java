package io.caravan.delivery;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

import io.caravan.mail.RowId;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;

/**
 * What became of each lane of a run. The settled are counted in the transaction that settles them; what waits is what the lane's stretches
 * hold; the rest is under way. So no row is read, and the sums are the run's.
 */
@Repository
public class RunLanes {

    /** The states that are counted by lane; the others are derived. */
    private static final List<RowState> COUNTED = List.of(RowState.ACCEPTED, RowState.BOUNCED, RowState.COMPLAINED,
            RowState.EXPIRED, RowState.SUPPRESSED, RowState.FAILED, RowState.IN_DOUBT, RowState.CANCELLED);
    /** What is kept beside them: the rows that have an entry in {@code retry}, whether a batch holds it or not. */
    private static final List<RowState> KEPT = Stream.concat(COUNTED.stream(), Stream.of(RowState.DEFERRED)).toList();
    private static final String COLUMNS = KEPT.stream().map(RowState::word).collect(Collectors.joining(", "));
    private static final String ADD = " on duplicate key update " + KEPT.stream().map(RowState::word)
            .map(state -> state + " = " + state + " + values(" + state + ")").collect(Collectors.joining(", "));

    /**
     * A lane of a run.
     *
     * @param fromN   its rows are {@code fromN..toN}; where rows have moved, others too
     * @param waiting planned and never claimed
     * @param settled by state; a state that is missing has none
     * @param held    why nothing of it is claimed now; null: nothing holds it
     * @param since   when that began
     */
    public record RunLane(int lane, int fromN, int toN, long planned, long waiting, Map<RowState, Long> settled,
            @Nullable String held, @Nullable Instant since) {

        /** Sending, or deferred until the next attempt. */
        public long underWay() {
            return planned - waiting - settled.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** A place in the list of lanes: the largest come first. */
    public record After(long planned, int lane) {
    }

    record Key(long run, int lane) {
    }

    private static final String LANE = """
            select l.*, h.reason as held, h.since,
                   (select coalesce(sum(s.to_n - s.next_n + 1), 0) from stretch s
                     where s.run_id = l.run_id and s.lane_id = l.lane_id) as waiting
            from run_lane l left join hold h on h.run_id = l.run_id and h.lane_id = l.lane_id
            where l.run_id = :run
            """;

    private final JdbcClient jdbc;

    public RunLanes(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The lanes of a run, the largest first; empty until it is planned. */
    public List<RunLane> of(RunId run, @Nullable After after, int limit) {
        return jdbc.sql(LANE + " and (l.planned < :planned or l.planned = :planned and l.lane_id > :lane)"
                + " order by l.planned desc, l.lane_id limit :limit").param("run", run.value())
                .param("planned", after == null ? Long.MAX_VALUE : after.planned())
                .param("lane", after == null ? 0 : after.lane()).param("limit", limit).query((rs, _) -> lane(rs))
                .list();
    }

    /** In the order of their numbers, above {@code after}. */
    public List<RunLane> above(RunId run, int after, int limit) {
        return jdbc.sql(LANE + " and l.lane_id > :after order by l.lane_id limit :limit").param("run", run.value())
                .param("after", after).param("limit", limit).query((rs, _) -> lane(rs)).list();
    }

    /** When the next deferred mail of these lanes is due; lanes without one are left out. */
    public Map<Integer, Instant> nextRetry(RunId run, Collection<Integer> some) {
        Map<Integer, Instant> next = new HashMap<>();
        if (!some.isEmpty()) {
            jdbc.sql("""
                    select l.lane_id, (select t.due_at from retry t where t.run_id = l.run_id and t.lane_id = l.lane_id
                                       and t.batch_id is null order by t.due_at limit 1) as due_at
                    from run_lane l where l.run_id = :run and l.lane_id in (:lanes) having due_at is not null""")
                    .param("run", run.value()).param("lanes", some)
                    .query((rs, _) -> next.put(rs.getInt(1), Batches.instant(rs, 2))).list();
        }
        return next;
    }

    public Optional<RunLane> of(RunId run, int lane) {
        return jdbc.sql(LANE + " and l.lane_id = :lane").param("run", run.value()).param("lane", lane)
                .query((rs, _) -> lane(rs)).optional();
    }

    /** All lanes that a run has. */
    public List<Integer> ids(RunId run) {
        return jdbc.sql("select lane_id from run_lane where run_id = :run").param("run", run.value())
                .query(Integer.class).list();
    }

    /** The last row that belongs to a lane: those after it were suppressed or excluded when it was planned. Empty: not planned yet. */
    public Optional<Integer> lastOfLanes(RunId run) {
        return jdbc.sql("select max(to_n) from run_lane where run_id = :run having max(to_n) is not null")
                .param("run", run.value()).query(Integer.class).optional();
    }

    /**
     * Deferred rows of a run by lane.
     *
     * @param most above so many nothing is counted
     * @return null if there are more
     */
    public @Nullable Map<Integer, Long> deferred(RunId run, int most) {
        Map<Integer, Long> lanes = new HashMap<>();
        jdbc.sql("select lane_id, count(*) from (select lane_id from retry where run_id = :run and batch_id is null"
                + " limit :limit) r group by lane_id").param("run", run.value()).param("limit", most + 1)
                .query((rs, _) -> lanes.put(rs.getInt(1), rs.getLong(2))).list();
        return lanes.values().stream().mapToLong(Long::longValue).sum() > most ? null : lanes;
    }

    private static RunLane lane(ResultSet rs) throws SQLException {
        Map<RowState, Long> settled = new EnumMap<>(RowState.class);
        for (RowState state : COUNTED) {
            settled.put(state, rs.getLong(state.word()));
        }
        return new RunLane(rs.getInt("lane_id"), rs.getInt("from_n"), rs.getInt("to_n"), rs.getLong("planned"),
                rs.getLong("waiting"), settled, rs.getString("held"), Batches.instantOrNull(rs, "since"));
    }

    /** The lanes of a run whose stretches were just made, in the same transaction. */
    static void planned(JdbcClient jdbc, long run) {
        jdbc.sql("insert into run_lane (run_id, lane_id, from_n, to_n, planned)"
                + " select run_id, lane_id, next_n, to_n, to_n - next_n + 1 from stretch where run_id = :run")
                .param("run", run).update();
    }

    /** Rows have gone from one lane to another, in the caller's transaction and after the run's counts. */
    static void moved(JdbcClient jdbc, long run, List<LaneChange> changes) {
        for (LaneChange change : changes) {
            jdbc.sql("update run_lane set planned = planned - :rows, deferred = deferred - :retries"
                    + " where run_id = :run and lane_id = :lane").param("rows", change.rows())
                    .param("retries", change.retries()).param("run", run).param("lane", change.oldLane()).update();
            jdbc.sql("""
                    insert into run_lane (run_id, lane_id, from_n, to_n, planned, deferred)
                    values (:run, :lane, :from, :to, :rows, :retries)
                    on duplicate key update planned = planned + values(planned), deferred = deferred + values(deferred),
                    from_n = least(from_n, values(from_n)), to_n = greatest(to_n, values(to_n))""").param("run", run)
                    .param("lane", change.newLane()).param("from", change.from()).param("to", change.to())
                    .param("rows", change.rows()).param("retries", change.retries()).update();
        }
        if (!changes.isEmpty()) {
            jdbc.sql("delete from run_lane where run_id = :run and planned = 0").param("run", run).update();
        }
    }

    /** Counts what was settled, in the caller's transaction and in the order of the key, so that nobody deadlocks. */
    static void settled(JdbcClient jdbc, Collection<Outcome> outcomes) {
        Map<Key, Map<RowState, Long>> lanes = new TreeMap<>(
                java.util.Comparator.comparingLong(Key::run).thenComparingInt(Key::lane));
        for (Outcome outcome : outcomes) {
            boolean later = outcome.state() == RowState.DEFERRED;
            if (later && outcome.attempt() > 1) {
                continue; // it has its entry in retry, and keeps it
            }
            Map<RowState, Long> lane = lanes.computeIfAbsent(new Key(outcome.row().run(), outcome.lane()),
                    _ -> new EnumMap<>(RowState.class));
            lane.merge(outcome.state(), 1L, Long::sum);
            if (!later && outcome.attempt() > 1) {
                lane.merge(RowState.DEFERRED, -1L, Long::sum);
            }
        }
        if (!lanes.isEmpty()) {
            String values = lanes.entrySet().stream().map(RunLanes::values).collect(Collectors.joining(","));
            jdbc.sql("insert into run_lane (run_id, lane_id, " + COLUMNS + ") values " + values + ADD).update();
        }
    }

    /** Counts what was cancelled, in the caller's transaction and after the run's counts. */
    static void cancelled(JdbcClient jdbc, long run, RowState from, Map<Integer, Integer> lanes) {
        int retries = from == RowState.DEFERRED ? -1 : 0;
        String values = new TreeMap<>(lanes).entrySet().stream().filter(lane -> lane.getValue() > 0)
                .map(lane -> "(%d,%d,%d,%d)".formatted(run, lane.getKey(), lane.getValue(), retries * lane.getValue()))
                .collect(Collectors.joining(","));
        if (!values.isEmpty()) {
            jdbc.sql("insert into run_lane (run_id, lane_id, cancelled, deferred) values " + values
                    + " on duplicate key update cancelled = cancelled + values(cancelled),"
                    + " deferred = deferred + values(deferred)").update();
        }
    }

    private static String values(Map.Entry<Key, Map<RowState, Long>> lane) {
        return "(" + lane.getKey().run() + "," + lane.getKey().lane() + "," + KEPT.stream()
                .map(state -> Long.toString(lane.getValue().getOrDefault(state, 0L)))
                .collect(Collectors.joining(",")) + ")";
    }

    /** A settled row changed its state, or goes again, in the caller's transaction. */
    static void moved(JdbcClient jdbc, RowId row, RowState from, RowState to) {
        String change = Stream.of(from, to).filter(KEPT::contains)
                .map(state -> "l." + state.word() + " = l." + state.word() + (state == from ? " - 1" : " + 1"))
                .collect(Collectors.joining(", "));
        if (!change.isEmpty()) {
            jdbc.sql("update delivery d straight_join run_lane l on l.run_id = d.run_id and l.lane_id = d.lane_id set "
                    + change + " where d.run_id = :run and d.n = :n").param("run", row.run()).param("n", row.n())
                    .update();
        }
    }
}
