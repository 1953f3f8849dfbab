package io.caravan.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

import io.caravan.delivery.RowsToLookAt.Span;

/** How much mail a part of the queue holds, by counting, and when it is tried again. Reads as much as it must: for actions, not for pages. */
@Repository
public class QueueRows {

    private static final int SLICE = 1_000;
    /** Of a statement that counts. Each row is held against all its ranges, so a few are read faster than many. */
    private static final int RANGES = 50;
    private static final int ROWS = 500_000;

    /**
     * @param fresh    never claimed
     * @param deferred waiting for the next attempt
     * @param sending  in an open batch: not for anybody to touch until it is settled
     */
    public record Count(long fresh, long deferred, long sending) {
        public long waiting() {
            return fresh + deferred;
        }
    }

    private final JdbcClient jdbc;

    public QueueRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    public Count count(QueuePart part) {
        return part.isEmpty()
                ? new Count(0, 0, 0)
                : new Count(part.fresh() ? fresh(part) : 0, part.deferred() ? deferred(part) : 0, sending(part));
    }

    private long fresh(QueuePart part) {
        return part.domain().isEmpty()
                ? one(part, "select coalesce(cast(sum(s.to_n - s.next_n + 1) as signed), 0) from stretch s"
                        + " where s.run_id in (:runs)" + part.lane("s"))
                : within(part, "select s.next_n, s.to_n from stretch s where s.run_id = :run" + part.lane("s")
                        + " order by s.next_n");
    }

    private long deferred(QueuePart part) {
        return one(part, "select count(*) from retry t" + rows(part) + " where t.run_id in (:runs)" + part.lane("t")
                + part.row() + " and t.batch_id is null");
    }

    private long sending(QueuePart part) {
        long first = part.fresh()
                ? within(part, """
                        select r.from_n, r.to_n from batch b straight_join batch_range r on r.batch_id = b.id
                        where b.run_id = :run and b.state = 'open' order by r.from_n""")
                : 0;
        return first + (part.deferred()
                ? one(part, "select count(*) from retry t" + rows(part) + " where t.run_id in (:runs)" + part.lane("t")
                        + part.row() + " and t.batch_id is not null")
                : 0);
    }

    /**
     * Pending rows in ranges of numbers. Those are read first and written into the statements: joined with their table, MariaDB would read
     * the whole run for each ({@link Batches#rows}).
     *
     * @param ranges asks for the first and the last number of each, of one run
     */
    private long within(QueuePart part, String ranges) {
        long rows = 0;
        for (long run : part.runs()) {
            List<Span> all = part.fill(jdbc, ranges).param("run", run)
                    .query((rs, _) -> new Span(rs.getInt(1), rs.getInt(2))).list();
            for (List<Span> some : statements(all)) {
                String within = some.stream().map(span -> "d.n between " + span.from() + " and " + span.to())
                        .collect(Collectors.joining(" or ", " and (", ")"));
                rows += part.fill(jdbc, "select count(*) from delivery d force index (primary)"
                        + " where d.run_id = :run and d.state = 'pending'" + part.lane("d") + part.row() + within)
                        .param("run", run).query(Long.class).single();
            }
        }
        return rows;
    }

    private static List<List<Span>> statements(List<Span> all) {
        List<List<Span>> statements = new ArrayList<>();
        List<Span> last = new ArrayList<>();
        long left = ROWS;
        for (Span span : all) {
            for (long from = span.from(); from <= span.to();) {
                if (left == 0 || last.size() == RANGES) {
                    statements.add(last);
                    last = new ArrayList<>();
                    left = ROWS;
                }
                long to = Math.min(span.to(), from + left - 1);
                last.add(new Span((int) from, (int) to));
                left -= to - from + 1;
                from = to + 1;
            }
        }
        if (!last.isEmpty()) {
            statements.add(last);
        }
        return statements;
    }

    private static String rows(QueuePart part) {
        return part.asksRows() ? " straight_join delivery d on d.run_id = t.run_id and d.n = t.n" : "";
    }

    private long one(QueuePart part, String sql) {
        return part.fill(jdbc, sql).param("runs", part.runs()).query(Long.class).single();
    }

    /** Deferred mail of it is due now. What a batch takes meanwhile is left alone. */
    public long dueNow(QueuePart part) {
        long due = 0;
        for (long run : part.isEmpty() ? List.<Long>of() : part.runs()) {
            int after = -1;
            List<Integer> some;
            do {
                some = part
                        .fill(jdbc, "select t.n from retry t" + rows(part) + " where t.run_id = :run and t.n > :after"
                                + part.lane("t") + part.row() + " and t.batch_id is null and t.due_at > now(6)"
                                + " order by t.n limit " + SLICE)
                        .param("run", run).param("after", after).query(Integer.class)
                        .list();
                if (!some.isEmpty()) {
                    due += jdbc.sql("update retry set due_at = now(6) where run_id = :run and n in (:some)"
                            + " and batch_id is null").param("run", run).param("some", some).update();
                    after = some.getLast();
                }
            } while (some.size() == SLICE);
        }
        return due;
    }
}
