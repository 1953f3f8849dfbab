package io.caravan.delivery;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.delivery.Restraint.OfDomain;
import io.caravan.mail.InvalidInput;

/**
 * What people hold back. An order stands until it is released or its time is over, over restarts and for mail that is planned or given back
 * later; claims ask for all orders before they take anything.
 */
@Repository
public class QueueHolds {

    /** Every claim and every page reads all of them. */
    public static final int MOST = 200;
    private static final int LONGEST = 255;

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    public QueueHolds(JdbcClient jdbc, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /** All of them, the oldest first. */
    public List<QueueHold> all() {
        return jdbc.sql("""
                select id, run_id, identity, provider, domain, note, since, until, coalesce(until <= utc_timestamp(6), 0) as ended
                from queue_hold order by id""")
                .query((rs, _) -> new QueueHold(rs.getLong("id"),
                        new QueueFilter(rs.getLong("run_id"), rs.getString("identity"), rs.getString("provider"),
                                rs.getString("domain")),
                        rs.getString("note"), Batches.instant(rs, 7), Batches.instantOrNull(rs, "until"),
                        rs.getBoolean("ended")))
                .list();
    }

    /**
     * Holds mail; the same again takes the place of the first. When this returns, no claim takes what it names: each reads the orders after
     * it has locked its run, which is locked here.
     *
     * @return its id
     * @throws InvalidInput if there are {@value #MOST} orders already
     */
    public long hold(QueueFilter what, String note, @Nullable Instant until) {
        return transaction.execute(_ -> {
            jdbc.sql("select id from run where state = 'running' and (:run = 0 or id = :run) order by id for update")
                    .param("run", what.run()).query(Long.class).list();
            List<Long> same = jdbc.sql("""
                    select id from queue_hold where run_id = :run and identity = :identity and provider = :provider
                    and domain = :domain for update""").param("run", what.run()).param("identity", what.identity())
                    .param("provider", what.provider()).param("domain", what.domain()).query(Long.class).list();
            if (same.isEmpty()
                    && jdbc.sql("select count(*) from queue_hold").query(Long.class).single() >= MOST) {
                throw new InvalidInput(MOST + " orders to hold are in force: release some, or hold more at once");
            }
            remove(same);
            long id = jdbc.sql("""
                    insert into queue_hold (run_id, identity, provider, domain, note, since, until)
                    values (:run, :identity, :provider, :domain, :note, utc_timestamp(6), :until) returning id""")
                    .param("run", what.run()).param("identity", what.identity()).param("provider", what.provider())
                    .param("domain", what.domain())
                    .param("note", note.length() <= LONGEST ? note : note.substring(0, LONGEST - 1) + "…")
                    .param("until", until == null ? null : LocalDateTime.ofInstant(until, ZoneOffset.UTC))
                    .query(Long.class).single();
            move(same, id);
            return id;
        });
    }

    /** Ends these orders: what they had put aside may be claimed again. No row of the ledger is read or written, however much mail it is. */
    public int release(Collection<Long> ids) {
        return ids.isEmpty() ? 0 : transaction.execute(_ -> {
            int released = remove(ids);
            move(ids, 0);
            return released;
        });
    }

    /**
     * Ends the orders whose time is over. Waits for none: what another node is just releasing, or a claim goes by, is left to it or to the
     * next time.
     *
     * @return their ids
     */
    public List<Long> releaseOver() {
        return transaction.execute(_ -> {
            List<Long> over = jdbc
                    .sql("select id from queue_hold where until <= utc_timestamp(6) for update skip locked")
                    .query(Long.class).list();
            release(over);
            return over;
        });
    }

    private int remove(Collection<Long> ids) {
        return ids.isEmpty() ? 0 : jdbc.sql("delete from queue_hold where id in (:ids)").param("ids", ids).update();
    }

    /** By the rows and not by a key: whoever locks a key first and then its row would be in the way of those who have the row. */
    private void move(Collection<Long> from, long to) {
        if (!from.isEmpty()) {
            for (String table : List.of("stretch", "retry")) {
                jdbc.sql("update " + table + " set hold_id = :to where hold_id in (:from)").param("to", to)
                        .param("from", from).update();
            }
        }
    }

    /**
     * True if there is no order that this does not know, in the transaction of a claim that has locked its run; those about domains must still
     * stand, and do until the claim is over. What it put aside under one that was released meanwhile nobody would ever release.
     * One that is just being released is gone already: to release much mail takes its time, and no claim waits for it.
     */
    static boolean stand(JdbcClient jdbc, Restraint known) {
        List<OfDomain> domains = known.domains();
        List<Long> all = jdbc.sql("select id from queue_hold"
                + (domains.isEmpty() ? "" : " lock in share mode skip locked")).query(Long.class).list();
        return known.known().containsAll(all)
                && domains.stream().allMatch(domain -> all.contains(domain.order().id()));
    }
}
