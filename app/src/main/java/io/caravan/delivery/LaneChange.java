package io.caravan.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Rows that went from one lane of a run to another.
 *
 * @param from the lowest of their numbers
 * @param to   the highest
 * @param retries how many of them were deferred before
 */
record LaneChange(int oldLane, int newLane, int from, int to, int rows, int retries) {

    private record Row(int n, int lane, boolean retry) {
    }

    /** Writes the new lanes into rows that this open batch still holds, before they are given back. What has its lane already is left out. */
    static List<LaneChange> of(JdbcClient jdbc, BatchReference batch, Map<Integer, Integer> lanes) {
        Map<Integer, List<Integer>> byLane = new TreeMap<>();
        lanes.forEach((n, lane) -> byLane.computeIfAbsent(lane, _ -> new ArrayList<>()).add(n));
        List<LaneChange> changes = new ArrayList<>();
        byLane.forEach((lane, rows) -> changes.addAll(into(jdbc, batch, lane, rows)));
        return changes;
    }

    private static List<LaneChange> into(JdbcClient jdbc, BatchReference batch, int lane, List<Integer> rows) {
        List<Row> moving = jdbc
                .sql("""
                select d.n, d.lane_id, d.state = 'deferred' from delivery d where d.run_id = :run and d.n in (:rows) and d.lane_id <> :lane and (
                    d.state = 'pending' and exists (select 1 from batch_range r where r.batch_id = :batch and d.n between r.from_n and r.to_n)
                    or exists (select 1 from retry t where t.run_id = d.run_id and t.n = d.n and t.batch_id = :batch))""")
                .param("run", batch.run()).param("rows", rows).param("lane", lane).param("batch", batch.batch())
                .query((rs, _) -> new Row(rs.getInt(1), rs.getInt(2), rs.getBoolean(3))).list();
        if (moving.isEmpty()) {
            return List.of();
        }
        List<Integer> numbers = moving.stream().map(Row::n).toList();
        for (String table : List.of("delivery", "retry")) {
            jdbc.sql("update " + table + " set lane_id = :lane where run_id = :run and n in (:rows)")
                    .param("lane", lane).param("run", batch.run()).param("rows", numbers).update();
        }
        Map<Integer, LaneChange> changes = new TreeMap<>();
        moving.forEach(row -> changes.merge(row.lane(),
                new LaneChange(row.lane(), lane, row.n(), row.n(), 1, row.retry() ? 1 : 0), LaneChange::and));
        return List.copyOf(changes.values());
    }

    private LaneChange and(LaneChange more) {
        return new LaneChange(oldLane, newLane, Math.min(from, more.from), Math.max(to, more.to), rows + more.rows,
                retries + more.retries);
    }
}
