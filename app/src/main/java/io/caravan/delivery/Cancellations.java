package io.caravan.delivery;

import java.util.List;
import java.util.Map;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.mail.RowState;
import io.caravan.mail.RunId;

/** Cancels what waits: pending and deferred rows of a run, in slices. What is sending finishes. */
@Repository
public class Cancellations {

    private static final int SLICE = 10_000;

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    public Cancellations(JdbcClient jdbc, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /** @return how many rows became cancelled; call again while open batches may give rows back */
    public long cancel(RunId run, String reason) {
        long cancelled = 0;
        long slice;
        do {
            slice = transaction.execute(_ -> fresh(run.value(), reason))
                    + transaction.execute(_ -> deferred(run.value(), reason));
            cancelled += slice;
        } while (slice > 0);
        return cancelled;
    }

    private long fresh(long run, String reason) {
        List<long[]> stretches = jdbc
                .sql("select id, next_n, to_n from stretch where run_id = :run order by id limit 50 for update")
                .param("run", run).query((rs, _) -> new long[]{rs.getLong(1), rs.getLong(2), rs.getLong(3)}).list();
        long done = 0;
        for (long[] stretch : stretches) {
            long to = Math.min(stretch[2], stretch[1] + SLICE - 1);
            done += jdbc.sql("update delivery set state = 'cancelled', reason = :reason"
                    + " where run_id = :run and n between :from and :to and state = 'pending'").param("reason", reason)
                    .param("run", run)
                    .param("from", stretch[1]).param("to", to).update();
            if (to == stretch[2]) {
                jdbc.sql("delete from stretch where id = :id").param("id", stretch[0]).update();
            } else {
                jdbc.sql("update stretch set next_n = :next where id = :id").param("next", to + 1)
                        .param("id", stretch[0]).update();
            }
            if (done >= SLICE) {
                break;
            }
        }
        RunCounts.add(jdbc, run, Map.of(RowState.PENDING, -done, RowState.CANCELLED, done));
        return done;
    }

    private long deferred(long run, String reason) {
        List<Integer> rows = jdbc
                .sql("select n from retry where run_id = :run and batch_id is null limit 1000 for update")
                .param("run", run).query(Integer.class).list();
        if (rows.isEmpty()) {
            return 0;
        }
        int done = jdbc
                .sql("update delivery set state = 'cancelled', reason = :reason where run_id = :run and n in (:rows)"
                        + " and state = 'deferred'")
                .param("reason", reason).param("run", run).param("rows", rows).update();
        jdbc.sql("delete from retry where run_id = :run and n in (:rows)").param("run", run).param("rows", rows)
                .update();
        RunCounts.add(jdbc, run, Map.of(RowState.DEFERRED, (long) -done, RowState.CANCELLED, (long) done));
        return done;
    }
}
