package io.caravan.delivery;

import java.util.List;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** How much mail a part of the queue holds, by counting, and when it is tried again. Reads as much as it must: for actions, not for pages. */
@Repository
public class QueueRows {

    private static final int SLICE = 1_000;

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
                : one(part, """
                        select count(*) from stretch s straight_join delivery d on d.run_id = s.run_id and d.n between s.next_n and s.to_n
                        where s.run_id in (:runs)""" + part.lane("s") + part.row());
    }

    private long deferred(QueuePart part) {
        return one(part, "select count(*) from retry t" + rows(part) + " where t.run_id in (:runs)" + part.lane("t")
                + part.row() + " and t.batch_id is null");
    }

    private long sending(QueuePart part) {
        long first = part.fresh()
                ? one(part, """
                select count(*) from batch b straight_join batch_range r on r.batch_id = b.id
                straight_join delivery d on d.run_id = b.run_id and d.n between r.from_n and r.to_n
                where b.run_id in (:runs) and b.state = 'open' and d.state = 'pending'""" + part.lane("d") + part.row())
                : 0;
        return first + (part.deferred()
                ? one(part, "select count(*) from retry t" + rows(part) + " where t.run_id in (:runs)" + part.lane("t")
                        + part.row() + " and t.batch_id is not null")
                : 0);
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
