package io.caravan.delivery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.mail.RowState;

/** Gives claimed rows back untried: they are pending (or deferred) again, as if the batch had never held them. */
@Repository
public class Returns {

    private record Span(int from, int to) {
    }

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    public Returns(JdbcClient jdbc, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /** Gives back these rows of an open batch. Rows that it no longer holds are left alone. */
    public int giveBack(BatchReference batch, Collection<Integer> rows) {
        return giveBack(batch, rows, Map.of());
    }

    /**
     * The same, some of them into other lanes than they were planned for.
     *
     * @param lanes by row
     */
    public int giveBack(BatchReference batch, Collection<Integer> rows, Map<Integer, Integer> lanes) {
        return rows.isEmpty() ? 0 : transaction.execute(_ -> returned(batch, new TreeSet<>(rows), lanes));
    }

    /** A claim that nobody has taken, whole; within a transaction of whoever calls. 0: somebody has it, or it is closed. */
    int untaken(BatchReference batch) {
        List<Span> ranges = jdbc
                .sql("""
                select r.from_n, r.to_n from batch b left join batch_range r on r.batch_id = b.id
                where b.id = :id and b.epoch = :epoch and b.node_id = :node and b.state = 'open' and b.untaken = 1 for update""")
                .param("id", batch.batch()).param("epoch", batch.epoch()).param("node", batch.node())
                .query((rs, _) -> new Span(rs.getInt(1), rs.getInt(2))).list();
        if (ranges.isEmpty()) {
            return 0;
        }
        TreeSet<Integer> rows = new TreeSet<>(jdbc.sql("select n from retry where batch_id = :id")
                .param("id", batch.batch()).query(Integer.class).list());
        ranges.stream().filter(range -> range.from() > 0) // a batch of retries alone has none
                .forEach(range -> IntStream.rangeClosed(range.from(), range.to()).forEach(rows::add));
        return returned(batch, rows, Map.of());
    }

    private int returned(BatchReference batch, TreeSet<Integer> rows, Map<Integer, Integer> lanes) {
        boolean open = jdbc.sql(
                "select count(*) from batch where id = :id and epoch = :epoch and node_id = :node and state = 'open' for update")
                .param("id", batch.batch()).param("epoch", batch.epoch()).param("node", batch.node()).query(Long.class)
                .single() > 0;
        if (!open) {
            return 0;
        }
        List<LaneChange> changes = LaneChange.of(jdbc, batch, lanes);
        List<Integer> again = jdbc.sql("select n from retry where batch_id = :id and n in (:rows)")
                .param("id", batch.batch())
                .param("rows", rows).query(Integer.class).list();
        if (!again.isEmpty()) {
            jdbc.sql("update retry set batch_id = null where batch_id = :id and n in (:rows)")
                    .param("id", batch.batch())
                    .param("rows", again).update();
        }
        int fresh = freshRows(batch, rows);
        if (again.size() + fresh > 0) {
            Settlements.leave(jdbc, batch.batch(), again.size() + fresh);
            RunCounts.add(jdbc, batch.run(),
                    Map.of(RowState.SENDING, -(long) (again.size() + fresh), RowState.PENDING, (long) fresh,
                            RowState.DEFERRED, (long) again.size()));
            RunLanes.moved(jdbc, batch.run(), changes);
        }
        return again.size() + fresh;
    }

    private int freshRows(BatchReference batch, TreeSet<Integer> rows) {
        TreeMap<Integer, Integer> lanes = new TreeMap<>();
        jdbc.sql("""
                select d.n, d.lane_id from batch_range r join delivery d on d.run_id = :run and d.n between r.from_n and r.to_n
                where r.batch_id = :id and d.state = 'pending' and d.n in (:rows)""").param("run", batch.run())
                .param("id", batch.batch())
                .param("rows", rows).query((rs, _) -> lanes.put(rs.getInt(1), rs.getInt(2))).list();
        if (lanes.isEmpty()) {
            return 0;
        }
        for (Span span : spans(lanes)) {
            jdbc.sql("insert into stretch (run_id, lane_id, next_n, to_n) values (:run, :lane, :from, :to)")
                    .param("run", batch.run())
                    .param("lane", lanes.getOrDefault(span.from(), 0)).param("from", span.from()).param("to", span.to())
                    .update();
        }
        withdraw(batch.batch(), lanes.keySet());
        return lanes.size();
    }

    /** Neighbours of one lane as spans. */
    private static List<Span> spans(TreeMap<Integer, Integer> lanes) {
        List<Span> spans = new ArrayList<>();
        int from = lanes.firstKey();
        int last = from;
        for (int n : lanes.tailMap(from, false).keySet()) {
            if (n != last + 1 || !lanes.getOrDefault(n, 0).equals(lanes.getOrDefault(from, 0))) {
                spans.add(new Span(from, last));
                from = n;
            }
            last = n;
        }
        spans.add(new Span(from, last));
        return spans;
    }

    /** Takes rows out of a batch's ranges, so that they are not shown as sending while the batch stays open for others. */
    private void withdraw(long batch, Collection<Integer> rows) {
        List<Span> kept = new ArrayList<>();
        List<Span> ranges = jdbc.sql("select from_n, to_n from batch_range where batch_id = :id order by from_n")
                .param("id", batch)
                .query((rs, _) -> new Span(rs.getInt(1), rs.getInt(2))).list();
        for (Span range : ranges) {
            int from = range.from();
            for (int n : new TreeSet<>(rows).subSet(range.from(), true, range.to(), true)) {
                if (n > from) {
                    kept.add(new Span(from, n - 1));
                }
                from = n + 1;
            }
            if (from <= range.to()) {
                kept.add(new Span(from, range.to()));
            }
        }
        jdbc.sql("delete from batch_range where batch_id = :id").param("id", batch).update();
        if (!kept.isEmpty()) {
            jdbc.sql("insert into batch_range (batch_id, from_n, to_n) values "
                    + String.join(",",
                            kept.stream().map(s -> "(%d,%d,%d)".formatted(batch, s.from(), s.to())).toList()))
                    .update();
        }
    }
}
