package io.caravan.delivery;

import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

import io.caravan.mail.RowState;
import io.caravan.mail.RunId;

/** Each run's number of rows by state, kept by the transactions that move rows: equal to the rows at every moment. */
@Repository
public class RunCounts {

    private final JdbcClient jdbc;

    public RunCounts(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The counts of one run; states without rows are 0. */
    public Map<RowState, Long> of(RunId run) {
        return of(List.of(run)).getOrDefault(run, Map.of());
    }

    public Map<RunId, Map<RowState, Long>> of(Collection<RunId> runs) {
        Map<RunId, Map<RowState, Long>> all = new HashMap<>();
        for (RunId run : runs) {
            Map<RowState, Long> counts = new EnumMap<>(RowState.class);
            for (RowState state : RowState.values()) {
                counts.put(state, 0L);
            }
            all.put(run, counts);
        }
        if (!runs.isEmpty()) {
            jdbc.sql("select run_id, state, n from run_count where run_id in (:runs)")
                    .param("runs", runs.stream().map(RunId::value).toList())
                    .query((rs, _) -> all.getOrDefault(new RunId(rs.getLong(1)), new EnumMap<>(RowState.class))
                            .put(RowState.of(rs.getString(2)), rs.getLong(3)))
                    .list();
        }
        return all;
    }

    /** The runs that have rows of a state, and how many; the newest run first. */
    public Map<RunId, Long> having(RowState state) {
        Map<RunId, Long> runs = new LinkedHashMap<>();
        jdbc.sql("select run_id, n from run_count where state = ? and n > 0 order by run_id desc").param(state.word())
                .query((rs, _) -> runs.put(new RunId(rs.getLong(1)), rs.getLong(2))).list();
        return runs;
    }

    /**
     * Runs that are over and have rows that still wait, oldest first. Asked twice a second: it begins at the counts of runs in which something
     * waits, so that those that are over, which are ever more, cost nothing.
     */
    public List<RunId> overAndWaiting() {
        return over("'pending', 'deferred'");
    }

    /** The same, and runs with rows in open batches, of which some may yet be given back and wait. */
    public List<RunId> overAndUnsettled() {
        return over("'pending', 'deferred', 'sending'");
    }

    private List<RunId> over(String states) {
        return jdbc.sql("select straight_join distinct r.id from run_count c force index (run_count_having)"
                + " join run r on r.id = c.run_id where c.state in (" + states + ") and c.has_rows = 1"
                + " and r.state in ('cancelled', 'refused', 'finished') order by r.id").query(Long.class).list()
                .stream().map(RunId::new).toList();
    }

    /** Adds (or with negative numbers takes away) in the caller's transaction, states in one order so that nobody deadlocks. */
    static void add(JdbcClient jdbc, long run, Map<RowState, Long> change) {
        StringBuilder values = new StringBuilder();
        new TreeMap<>(change).forEach((state, n) -> {
            if (n != 0) {
                values.append(values.isEmpty() ? "" : ",").append("(%d,'%s',%d)".formatted(run, state.word(), n));
            }
        });
        if (!values.isEmpty()) {
            jdbc.sql("insert into run_count (run_id, state, n) values " + values
                    + " on duplicate key update n = n + values(n)").update();
        }
    }
}
