package io.caravan.delivery;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

import io.caravan.mail.RowState;

/** How much waits, of all runs, by lane: from what claims are made of, so the size of a run costs nothing. */
@Repository
public class Waiting {

    private final JdbcClient jdbc;

    public Waiting(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Rows that are planned and not claimed. */
    public Map<Integer, Long> unclaimed() {
        return byLane("select lane_id, cast(sum(to_n - next_n + 1) as signed) n from stretch group by lane_id");
    }

    /** Rows that wait for their next attempt: the kept counts of runs that have some, but for what batches hold. Reads no other retry. */
    public Map<Integer, Long> deferred() {
        return byLane("""
                select w.lane_id, cast(sum(w.n) as signed) from (
                    select l.lane_id, l.deferred as n
                    from (select distinct run_id from run_count where state in ('deferred', 'sending') and n > 0) c
                    straight_join run_lane l on l.run_id = c.run_id
                    union all
                    select t.lane_id, -1 from retry t force index (retry_batch) where t.batch_id > 0
                ) w group by w.lane_id having sum(w.n) <> 0""");
    }

    /** The same by reading them, for a page; null if more than so many wait in all. */
    public @Nullable Map<Integer, Long> deferred(int most) {
        Map<Integer, Long> lanes = new HashMap<>();
        jdbc.sql("select lane_id, count(*) from (select lane_id from retry where batch_id is null limit :limit) r"
                + " group by lane_id").param("limit", most + 1)
                .query((rs, _) -> lanes.put(rs.getInt(1), rs.getLong(2))).list();
        return lanes.values().stream().mapToLong(Long::longValue).sum() > most ? null : lanes;
    }

    /** Rows of a lane that wait for their next attempt are due now; says how many. */
    public int dueNow(int lane) {
        List<Long> open = jdbc.sql("select id from run where state = 'running'").query(Long.class).list();
        return open.isEmpty()
                ? 0
                : jdbc.sql("update retry set due_at = now(6) where run_id in (:runs) and batch_id is null"
                        + " and due_at > now(6) and lane_id = :lane").param("runs", open).param("lane", lane).update();
    }

    /** Rows of all runs in a state, from the kept counts. */
    public long inState(RowState state) {
        return jdbc.sql("select coalesce(cast(sum(n) as signed), 0) from run_count where state = :state")
                .param("state", state.word()).query(Long.class).single();
    }

    private Map<Integer, Long> byLane(String sql) {
        Map<Integer, Long> lanes = new HashMap<>();
        jdbc.sql(sql).query((rs, _) -> lanes.put(rs.getInt(1), rs.getLong(2))).list();
        return lanes;
    }
}
