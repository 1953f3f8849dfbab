package io.caravan.pacing;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

import io.caravan.mail.RowState;

/**
 * What SMTP replies brought to each lane, by the minute of sending, for two hours; older than that by the hour. A lane that sends nothing
 * has no rows and costs nothing.
 */
@Repository
public class LaneMinutes {

    /** How far back minutes are kept. */
    public static final Duration KEPT = Duration.ofHours(2);

    private static final int SLICE = 5_000;
    /** What lies further ahead was written before the clock was set back, as {@link LaneStates#isOfAnotherTime} says it. */
    private static final String AHEAD = "utc_timestamp() + interval 60 second";

    /** @param minute any moment of it */
    public record Key(int lane, Instant minute, RowState outcome) {
    }

    /**
     * What a lane brought since some time.
     *
     * @param first the beginning of the first minute or hour that has anything
     */
    public record Counts(Map<RowState, Long> outcomes, Instant first) {
        public long of(Collection<RowState> states) {
            return states.stream().mapToLong(state -> outcomes.getOrDefault(state, 0L)).sum();
        }
    }

    private final JdbcTemplate jdbc;
    private final JdbcClient client;

    public LaneMinutes(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
        this.client = JdbcClient.create(jdbc);
    }

    /** Adds to the counts, in the caller's transaction; rows in key order, so that two recorders never deadlock. */
    public void book(Map<Key, Integer> counts) {
        if (counts.isEmpty()) {
            return;
        }
        TreeMap<String, Object[]> rows = new TreeMap<>();
        counts.forEach((key, n) -> {
            LocalDateTime minute = time(key.minute().truncatedTo(ChronoUnit.MINUTES));
            rows.merge("%010d %s %s".formatted(key.lane(), minute, key.outcome().word()),
                    new Object[]{key.lane(), minute, key.outcome().word(), n},
                    (a, b) -> new Object[]{a[0], a[1], a[2], (Integer) a[3] + (Integer) b[3]});
        });
        List<Object> values = new ArrayList<>();
        rows.values().forEach(row -> values.addAll(List.of(row)));
        jdbc.update("insert into lane_minute (lane_id, minute, outcome, n) values "
                + String.join(",", rows.values().stream().map(_ -> "(?,?,?,?)").toList())
                + " on duplicate key update n = n + values(n)", values.toArray());
    }

    /** What these lanes brought in minutes that begin at {@code from} or later, until now; lanes that brought nothing are not there. */
    public Map<Integer, Counts> byMinute(Collection<Integer> lanes, Instant from) {
        return sums("select lane_id, outcome, sum(n), min(minute) from lane_minute where lane_id in (:lanes)"
                + " and minute >= :from and minute <= " + AHEAD + " group by lane_id, outcome", lanes, from);
    }

    /** The same in hours. */
    public Map<Integer, Counts> byHour(Collection<Integer> lanes, Instant from) {
        return sums("select lane_id, outcome, sum(n), min(hour) from lane_hour where lane_id in (:lanes)"
                + " and hour >= :from and hour <= " + AHEAD + " group by lane_id, outcome", lanes, from);
    }

    /** How many of these answers one lane had in each minute that begins at {@code from} or later, until now; minutes without any are not there. */
    public Map<Instant, Long> each(int lane, Collection<RowState> answers, Instant from) {
        Map<Instant, Long> counts = new TreeMap<>();
        client.sql("select minute, sum(n) from lane_minute where lane_id = :lane and outcome in (:answers)"
                + " and minute >= :from and minute <= " + AHEAD + " group by minute").param("lane", lane)
                .param("answers", answers.stream().map(RowState::word).toList()).param("from", time(from))
                .query((rs, _) -> counts.put(moment(rs, 1), rs.getLong(2))).list();
        return counts;
    }

    /** Removes what is older than it is kept, a slice a call, and what would count again when the clock comes to where it was. */
    public void removeBefore(Instant time) {
        jdbc.update("delete from lane_minute where minute < ? or minute > " + AHEAD + " order by minute limit " + SLICE,
                time(time));
    }

    private Map<Integer, Counts> sums(String sql, Collection<Integer> lanes, Instant from) {
        Map<Integer, Counts> counts = new HashMap<>();
        if (!lanes.isEmpty()) {
            client.sql(sql).param("lanes", lanes).param("from", time(from)).query((rs, _) -> add(rs, counts)).list();
        }
        return counts;
    }

    private static int add(ResultSet row, Map<Integer, Counts> counts) throws SQLException {
        Instant first = moment(row, 4);
        Counts known = counts.getOrDefault(row.getInt(1), new Counts(new EnumMap<>(RowState.class), first));
        known.outcomes().put(RowState.of(row.getString(2)), row.getLong(3));
        counts.put(row.getInt(1),
                new Counts(known.outcomes(), first.isBefore(known.first()) ? first : known.first()));
        return 0;
    }

    private static Instant moment(ResultSet row, int column) throws SQLException {
        return row.getObject(column, LocalDateTime.class).toInstant(ZoneOffset.UTC);
    }

    private static LocalDateTime time(Instant at) {
        return at.atOffset(ZoneOffset.UTC).toLocalDateTime();
    }
}
