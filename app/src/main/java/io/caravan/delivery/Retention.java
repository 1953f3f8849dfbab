package io.caravan.delivery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.mail.CampaignId;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;

/**
 * Forgets the ledger of runs that are long over, in slices. The run itself stays with its campaign, which must know that it has had it,
 * and of each person what later plans ask ({@link PastRecipients}).
 */
@Repository
public class Retention {

    private static final int SLICE = 5_000;
    private static final int ASKED = 500;

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    public Retention(JdbcClient jdbc, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /** Those of the runs that have rows. */
    public List<RunId> kept(Collection<RunId> runs) {
        List<Long> all = runs.stream().map(RunId::value).toList();
        List<RunId> kept = new ArrayList<>();
        for (int from = 0; from < all.size(); from += ASKED) {
            kept.addAll(jdbc.sql("select distinct run_id from delivery where run_id in (:runs) order by run_id")
                    .param("runs", all.subList(from, Math.min(from + ASKED, all.size())))
                    .query((rs, _) -> new RunId(rs.getLong(1))).list());
        }
        return kept;
    }

    /**
     * Removes all that the ledger knows of a run, but for what plans ask of its people. Cut short, it is gone on with by calling it again.
     *
     * @param  campaign whose run it is
     * @return how many recipients' rows went; -1 if one is open or in doubt, and then nothing was touched
     */
    public long forget(RunId run, CampaignId campaign) {
        if (!transaction.execute(_ -> uncount(run.value()))) {
            return -1;
        }
        for (String table : List.of("attempt", "evidence", "retry", "stretch", "hold", "outage", "queue_hold",
                "plan_number",
                "plan_lane",
                "run_lane",
                "set_aside")) {
            remove(table, run.value());
        }
        while (transaction.execute(_ -> batches(run.value())) > 0) {
            // in slices
        }
        return recipients(run.value(), campaign); // last: as long as there is one, the run is found again
    }

    private long recipients(long run, CampaignId campaign) {
        long removed = 0;
        for (Part part = new Part(-1, -1); part.rows != 0; removed += Math.max(0, part.rows)) {
            long after = part.last;
            part = Objects.requireNonNull(transaction.execute(_ -> recipients(run, campaign, after)));
        }
        return removed;
    }

    /**
     * @param last the contact up to whom rows went
     * @param rows how many; -1: not begun
     */
    private record Part(long last, int rows) {
    }

    /** In one transaction, so that whoever plans meanwhile finds each person either by their row or by what is kept of it. */
    private Part recipients(long run, CampaignId campaign, long after) {
        PastRecipients.lock(jdbc, campaign);
        long last = jdbc.sql("select coalesce(max(contact_id), -1) from (select contact_id from delivery"
                + " force index (delivery_recipient) where run_id = :run and contact_id > :after"
                + " order by contact_id limit " + SLICE + ") s").param("run", run).param("after", after)
                .query(Long.class).single();
        if (last < 0) {
            return new Part(after, 0);
        }
        PastRecipients.Slice slice = new PastRecipients.Slice(campaign, run, after, last);
        PastRecipients.keep(jdbc, slice);
        return new Part(last, PastRecipients.remove(jdbc, slice));
    }

    /** From here on the run has no counts, and so none that could differ from its rows. False: it is not over. */
    private boolean uncount(long run) {
        List<String> open = List.of(RowState.PENDING.word(), RowState.DEFERRED.word(), RowState.IN_DOUBT.word());
        long waiting = jdbc.sql("select coalesce(sum(n), 0) from run_count where run_id = :run and state in (:open)"
                + " for update").param("run", run).param("open", open).query(Long.class).single();
        long batches = jdbc.sql("select count(*) from batch where run_id = :run and state = 'open'").param("run", run)
                .query(Long.class).single();
        if (waiting > 0 || batches > 0) {
            return false;
        }
        jdbc.sql("delete from run_count where run_id = :run").param("run", run).update();
        return true;
    }

    private long remove(String table, long run) {
        long removed = 0;
        int slice;
        do {
            slice = jdbc.sql("delete from " + table + " where run_id = :run limit " + SLICE).param("run", run).update();
            removed += slice;
        } while (slice == SLICE);
        return removed;
    }

    private int batches(long run) {
        List<Long> some = jdbc.sql("select id from batch where run_id = :run limit 1000").param("run", run)
                .query(Long.class).list();
        if (!some.isEmpty()) {
            jdbc.sql("delete from batch_range where batch_id in (:some)").param("some", some).update();
            jdbc.sql("delete from batch where id in (:some)").param("some", some).update();
        }
        return some.size();
    }
}
