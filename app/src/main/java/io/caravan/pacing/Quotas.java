package io.caravan.pacing;

import java.time.LocalDate;
import java.util.List;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/** What is used of each identity's daily quota: a row a day, which all nodes share and no restart refills. */
@Repository
public class Quotas {

    private static final int KEPT_DAYS = 40;

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    public Quotas(JdbcClient jdbc, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /**
     * Takes up to {@code wanted} of what is left.
     *
     * @param day   in the quota's zone
     * @param quota of the whole day
     * @return how many may go, 0 for none
     */
    public long take(String identity, LocalDate day, long quota, long wanted) {
        List<Long> known = used(identity, day, "");
        if (!known.isEmpty() && known.getFirst() >= quota) {
            return 0; // the usual answer once the day is full: no lock for it
        }
        if (known.isEmpty()) {
            begin(identity, day);
        }
        Long granted = transaction.execute(_ -> {
            long used = used(identity, day, " for update").getFirst();
            long may = Math.max(0, Math.min(wanted, quota - used));
            add(identity, day, may);
            return may;
        });
        return granted == null ? 0 : granted;
    }

    /** Returns what nobody used, to the day that it was taken of. */
    public void giveBack(String identity, LocalDate day, long unused) {
        if (unused > 0) {
            add(identity, day, -unused);
        }
    }

    /** What is used of a day. */
    public long used(String identity, LocalDate day) {
        return used(identity, day, "").stream().findFirst().orElse(0L);
    }

    private void begin(String identity, LocalDate day) {
        jdbc.sql("insert ignore into quota_day (identity, day, used) values (?, ?, 0)").params(identity, day).update();
        jdbc.sql("delete from quota_day where identity = ? and day < ?").params(identity, day.minusDays(KEPT_DAYS))
                .update();
    }

    private List<Long> used(String identity, LocalDate day, String lock) {
        return jdbc.sql("select used from quota_day where identity = ? and day = ?" + lock).params(identity, day)
                .query(Long.class).list();
    }

    private void add(String identity, LocalDate day, long n) {
        jdbc.sql("update quota_day set used = used + ? where identity = ? and day = ?").params(n, identity, day)
                .update();
    }
}
