package io.caravan.pacing;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

import io.caravan.mail.RowState;

/** What the hosts of each lane answered, by the hour of sending: the truth that breakers and charts are made from. */
@Repository
public class LaneHours {

    /** @param hour any moment of the hour */
    public record Key(int lane, Instant hour, RowState outcome) {
    }

    /** What came of one hour of a lane. */
    public record Hour(int lane, Instant hour, RowState outcome, long n) {
    }

    private final JdbcTemplate jdbc;

    public LaneHours(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Adds to the counts, in the caller's transaction; rows in key order, so that two recorders never deadlock. */
    public void book(Map<Key, Integer> counts) {
        if (counts.isEmpty()) {
            return;
        }
        TreeMap<String, Object[]> rows = new TreeMap<>();
        counts.forEach((key, n) -> {
            Object hour = key.hour().truncatedTo(ChronoUnit.HOURS).atOffset(ZoneOffset.UTC).toLocalDateTime();
            rows.merge("%010d %s %s".formatted(key.lane(), hour, key.outcome().word()),
                    new Object[]{key.lane(), hour, key.outcome().word(), n},
                    (a, b) -> new Object[]{a[0], a[1], a[2], (Integer) a[3] + (Integer) b[3]});
        });
        String values = String.join(",", rows.values().stream().map(_ -> "(?,?,?,?)").toList());
        jdbc.update("insert into lane_hour (lane_id, hour, outcome, n) values " + values
                + " on duplicate key update n = n + values(n)",
                rows.values().stream().flatMap(java.util.Arrays::stream).toArray());
    }

    /** The hours of these lanes that begin at {@code from} or later; hours without mail are not there. */
    public List<Hour> since(Collection<Integer> lanes, Instant from) {
        return lanes.isEmpty()
                ? List.of()
                : JdbcClient.create(jdbc)
                        .sql("select lane_id, hour, outcome, n from lane_hour where lane_id in (:lanes) and hour >= :from")
                        .param("lanes", lanes).param("from", from.atOffset(ZoneOffset.UTC).toLocalDateTime())
                        .query((rs, _) -> new Hour(rs.getInt(1),
                                rs.getObject(2, LocalDateTime.class).toInstant(ZoneOffset.UTC),
                                RowState.of(rs.getString(3)), rs.getLong(4)))
                        .list();
    }
}
