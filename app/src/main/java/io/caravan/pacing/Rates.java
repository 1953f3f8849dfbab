package io.caravan.pacing;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/** Permits of several rates at once: one row per scope, advanced together in one short transaction by the database's clock. */
@Repository
public class Rates {

    private static final String NOW = "cast(unix_timestamp(now(6)) * 1000000 as signed)";

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    public Rates(JdbcClient jdbc, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /** Takes up to {@code wanted} permits from all limits together: each of them is advanced by what is granted. */
    public Grant take(Collection<Limit> limits, long wanted) {
        if (limits.isEmpty() || wanted == 0) {
            return new Grant(wanted, null, Duration.ZERO);
        }
        List<Limit> ordered = limits.stream().sorted(Comparator.comparing(Limit::scope)).toList(); // one order: no deadlock
        return transaction.execute(_ -> advance(ordered, wanted));
    }

    /** Returns permits that nobody used. */
    public void giveBack(Collection<Limit> limits, long unused) {
        if (unused <= 0 || limits.isEmpty()) {
            return;
        }
        transaction.executeWithoutResult(_ -> limits.stream().sorted(Comparator.comparing(Limit::scope))
                .forEach(limit -> jdbc.sql("update scope set tat = tat - :back where name = :name")
                        .param("back", unused * limit.interval()).param("name", limit.scope()).update()));
    }

    private Grant advance(List<Limit> limits, long wanted) {
        Map<String, Long> tats = lock(limits);
        long now = jdbc.sql("select " + NOW).query(Long.class).single();
        long granted = wanted;
        @Nullable
        Limit tightest = null;
        for (Limit limit : limits) {
            long tat = tats.getOrDefault(limit.scope(), 0L);
            long bounded = limit.bounded(tat, now);
            if (bounded < tat) { // and kept, or it would be as far off at the next look
                store(limit, bounded);
                tats.put(limit.scope(), bounded);
            }
            long permits = limit.permits(tats.getOrDefault(limit.scope(), 0L), now);
            if (permits < granted) {
                granted = permits;
                tightest = limit;
            }
        }
        if (granted > 0) {
            for (Limit limit : limits) {
                store(limit, limit.after(tats.getOrDefault(limit.scope(), 0L), now, granted));
            }
        }
        return new Grant(granted, tightest, retryIn(tightest, tats, now, granted));
    }

    private void store(Limit limit, long tat) {
        jdbc.sql("update scope set tat = :tat where name = :name").param("tat", tat).param("name", limit.scope())
                .update();
    }

    private static Duration retryIn(@Nullable Limit tightest, Map<String, Long> tats, long now, long granted) {
        if (tightest == null) {
            return Duration.ZERO;
        }
        long tat = tightest.after(tats.getOrDefault(tightest.scope(), 0L), now, granted);
        long free = tat + tightest.interval() - tightest.burst() * tightest.interval();
        return Duration.ofNanos(Math.max(0, free - now) * 1000);
    }

    private Map<String, Long> lock(List<Limit> limits) {
        List<String> names = limits.stream().map(Limit::scope).toList();
        Map<String, Long> tats = read(names);
        if (tats.size() < names.size()) {
            for (String name : names) {
                jdbc.sql("insert ignore into scope (name, tat) values (:name, 0)").param("name", name).update();
            }
            tats = read(names);
        }
        return tats;
    }

    private Map<String, Long> read(List<String> names) {
        Map<String, Long> tats = new HashMap<>();
        jdbc.sql("select name, tat from scope where name in (:names) order by name for update").param("names", names)
                .query((rs, _) -> tats.put(rs.getString(1), rs.getLong(2))).list();
        return tats;
    }
}
