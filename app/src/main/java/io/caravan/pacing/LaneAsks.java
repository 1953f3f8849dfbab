package io.caravan.pacing;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * How often the hosts of lanes asked to be sent less, as all nodes heard it. Hosts speak to one node, and what they ask is of the lane: whether
 * it is much is a question of the answers that all nodes have had. A lane that nobody complains of has no rows.
 */
@Repository
public class LaneAsks {

    /** So long an ask counts. */
    public static final Duration COUNTS = Duration.ofMinutes(1);

    private static final int SLICE = 1_000;

    /**
     * @param times   since {@code since}
     * @param domains whose mail it was said of, some of them
     * @param since   when the first was heard, by the database's clock
     */
    public record Ask(int times, Set<String> domains, Instant since) {
        public Ask {
            domains = Set.copyOf(domains);
        }

        private Ask and(Ask other) {
            Set<String> all = new TreeSet<>(domains);
            all.addAll(other.domains);
            return new Ask(times + other.times, all, since.isBefore(other.since) ? since : other.since);
        }
    }

    private final JdbcClient jdbc;
    private final long teller = new SecureRandom().nextLong();

    public LaneAsks(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** What this process has heard of these lanes, in all. */
    public void tell(Map<Integer, Ask> lanes) {
        new TreeMap<>(lanes).forEach((lane, ask) -> jdbc.sql("""
                insert into lane_ask (lane_id, teller, since, times, domains) values (:lane, :teller, :since, :times, :domains)
                on duplicate key update since = values(since), times = values(times), domains = values(domains)""")
                .param("lane", lane).param("teller", teller).param("since", time(ask.since()))
                .param("times", ask.times()).param("domains", String.join(",", new TreeSet<>(ask.domains()))).update());
    }

    /** What all nodes have told of these lanes, as far as it still counts. */
    public Map<Integer, Ask> heard(Collection<Integer> lanes, Instant now) {
        Map<Integer, Ask> asks = new HashMap<>();
        if (!lanes.isEmpty()) {
            jdbc.sql("select lane_id, times, domains, since from lane_ask where lane_id in (:lanes)"
                    + " and since >= :from and since <= :now + interval 60 second").param("lanes", lanes)
                    .param("from", time(now.minus(COUNTS))).param("now", time(now))
                    .query((rs, _) -> asks.merge(rs.getInt(1), new Ask(rs.getInt(2), Set.of(rs.getString(3).split(",")),
                            rs.getObject(4, LocalDateTime.class).toInstant(ZoneOffset.UTC)), Ask::and))
                    .list();
        }
        return asks;
    }

    /** What this process has told of a lane counts no more: it was slowed down. */
    public void forget(int lane) {
        jdbc.sql("delete from lane_ask where lane_id = :lane and teller = :teller").param("lane", lane)
                .param("teller", teller).update();
    }

    /** Removes what was told before that time by processes that did not come to forget it, or after what is now; a slice a call. */
    public void removeBefore(Instant time) {
        jdbc.sql(
                "delete from lane_ask where since < :time or since > utc_timestamp() + interval 60 second order by since limit "
                        + SLICE)
                .param("time", time(time)).update();
    }

    private static LocalDateTime time(Instant at) {
        return LocalDateTime.ofInstant(at, ZoneOffset.UTC);
    }
}
