package io.caravan.delivery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/**
 * The numbers of a run that is being planned, set aside for its lanes: own lanes first, then the tail, then those who are final at once, whose
 * numbers have no end. A lane has as many as people were counted for it, so a run's numbers are 1, 2, 3 ... unless people left, or were
 * suppressed, between counting and planning; then a lane has a few less, and the numbers a gap.
 */
final class PlanNumbers {

    /** The place of those who are final at once; lanes begin at 1. */
    static final int FINAL = 0;
    private static final int ROWS = 1_000;

    /** More people joined a lane than numbers were set aside for it. */
    static final class Outgrown extends RuntimeException {

        private static final long serialVersionUID = 1;

        Outgrown(int lane, int to) {
            super("lane " + lane + " has numbers up to " + to + " only");
        }
    }

    /** The numbers that a lane still has. */
    static final class Place {

        private final int lane;
        private final int to;
        private int next;
        private boolean used;

        private Place(int lane, int next, int to) {
            this.lane = lane;
            this.next = next;
            this.to = to;
        }

        int take() {
            if (next > to) {
                throw new Outgrown(lane, to);
            }
            used = true;
            return next++;
        }
    }

    private final JdbcClient jdbc;
    private final long run;

    PlanNumbers(JdbcClient jdbc, long run) {
        this.jdbc = jdbc;
        this.run = run;
    }

    long run() {
        return run;
    }

    boolean exist() {
        return jdbc.sql("select count(*) from plan_number where run_id = :run").param("run", run).query(Long.class)
                .single() > 0;
    }

    /**
     * @param tries how often they did not suffice: each time lanes get more beyond what was counted, or an audience that grows all the
     *              time would never be planned
     */
    boolean setAside(PlanOrder order, int tries) {
        Map<Integer, Long> people = new TreeMap<>();
        order.domains().forEach((domain, n) -> people
                .merge(order.lanes().getOrDefault(domain, order.tailLane()), n, Long::sum));
        order.lanes().values().forEach(lane -> people.putIfAbsent(lane, 0L));
        long tail = people.getOrDefault(order.tailLane(), 0L);
        people.remove(order.tailLane());
        List<Object[]> rows = new ArrayList<>();
        long from = 1;
        for (Map.Entry<Integer, Long> lane : people.entrySet()) {
            from = add(rows, lane.getKey(), from, lane.getValue(), tries);
        }
        from = add(rows, order.tailLane(), from, tail, tries);
        rows.add(new Object[]{FINAL, from, from, Integer.MAX_VALUE});
        insert("insert into plan_number (run_id, lane_id, from_n, next_n, to_n) values ", rows);
        insert("insert into plan_lane (run_id, domain, lane_id) values ", order.lanes().entrySet().stream()
                .map(lane -> new Object[]{lane.getKey(), lane.getValue()}).toList());
        return true;
    }

    private static long add(List<Object[]> rows, int lane, long from, long people, int tries) {
        long to = from - 1 + people + tries * (people / 500 + 50);
        rows.add(new Object[]{lane, from, from, to});
        return to + 1;
    }

    private void insert(String sql, List<Object[]> rows) {
        for (int from = 0; from < rows.size(); from += ROWS) {
            List<Object[]> some = rows.subList(from, Math.min(from + ROWS, rows.size()));
            StatementSpec insert = jdbc.sql(sql + String.join(",",
                    some.stream().map(row -> "(" + run + ",?".repeat(row.length) + ")").toList()));
            int position = 0;
            for (Object[] row : some) {
                for (Object value : row) {
                    insert = insert.param(++position, value);
                }
            }
            insert.update();
        }
    }

    /** By lane, as whoever plans finds them when its turn begins. Nobody else moves them while it lasts. */
    Map<Integer, Place> places() {
        Map<Integer, Place> places = new TreeMap<>();
        jdbc.sql("select lane_id, next_n, to_n from plan_number where run_id = :run").param("run", run)
                .query(rs -> {
                    places.put(rs.getInt(1), new Place(rs.getInt(1), rs.getInt(2), rs.getInt(3)));
                });
        return places;
    }

    /** The domains whose lane is not the tail. */
    Map<String, Integer> lanes() {
        Map<String, Integer> lanes = new HashMap<>();
        jdbc.sql("select domain, lane_id from plan_lane where run_id = :run").param("run", run).query(rs -> {
            lanes.put(rs.getString(1), rs.getInt(2));
        });
        return lanes;
    }

    /**
     * The lane of all other domains, as it was when the numbers were set aside: since then the identity may have got another name, and so
     * another tail. It comes last, and no domain names it.
     */
    int tail() {
        return jdbc
                .sql("""
                select n.lane_id from plan_number n where n.run_id = :run and n.lane_id <> :final
                order by n.lane_id in (select l.lane_id from plan_lane l where l.run_id = n.run_id), n.from_n desc limit 1""")
                .param("run", run).param("final", FINAL).query(Integer.class).single();
    }

    /** Rows with these numbers were written, in the caller's transaction. */
    void used(Collection<Place> places) {
        List<Place> moved = places.stream().filter(place -> place.used).toList();
        if (moved.isEmpty()) {
            return;
        }
        jdbc.sql("insert into plan_number (run_id, lane_id, from_n, next_n, to_n) values "
                + moved.stream().map(place -> "(%d,%d,0,%d,0)".formatted(run, place.lane, place.next))
                        .collect(Collectors.joining(","))
                + " on duplicate key update next_n = values(next_n)").update();
        moved.forEach(place -> place.used = false);
    }

    void becomeStretches() {
        jdbc.sql("insert into stretch (run_id, lane_id, next_n, to_n) select run_id, lane_id, from_n, next_n - 1"
                + " from plan_number where run_id = :run and lane_id <> :final and next_n > from_n order by from_n")
                .param("run", run).param("final", FINAL).update();
    }

    void forget() {
        jdbc.sql("delete from plan_number where run_id = :run").param("run", run).update();
        jdbc.sql("delete from plan_lane where run_id = :run").param("run", run).update();
    }
}
