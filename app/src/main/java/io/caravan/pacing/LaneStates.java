package io.caravan.pacing;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

import io.caravan.mail.BreakerState;

/**
 * The state rows of lanes: the truth that every node's breakers are set from. Each change is one statement that names the state it leaves,
 * so of several nodes that decide the same, one does it.
 */
@Repository
public class LaneStates {

    private static final int LONGEST = 255;

    /** What all rows say, and the database's clock when they said it. */
    public record Snapshot(Map<Integer, LaneState> lanes, Instant now) {
    }

    private final JdbcClient jdbc;

    public LaneStates(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** One small read: only lanes that something was ever decided of have a row. */
    public Snapshot read() {
        Map<Integer, LaneState> lanes = new TreeMap<>();
        Instant[] now = new Instant[1];
        jdbc.sql("select utc_timestamp(6) now_at, s.* from (select 1) one left join lane_state s on true")
                .query((rs, _) -> {
                    now[0] = moment(rs, "now_at");
                    if (rs.getInt("lane_id") != 0) {
                        lanes.put(rs.getInt("lane_id"), state(rs));
                    }
                    return 0;
                }).list();
        return new Snapshot(lanes, now[0]);
    }

    /** Opens a closed lane for so long; false if it is not closed, or a person has set it. */
    public boolean open(int lane, String measure, Instant until, String why) {
        ensure(lane);
        return jdbc.sql("""
                update lane_state set state = 'open', measure = :measure, since = utc_timestamp(6), until = :until, why = :why
                where lane_id = :lane and state = 'closed' and forced = 0""").param("lane", lane)
                .param("measure", measure).param("until", time(until)).param("why", cut(why)).update() == 1;
    }

    /** True if the clock has gone back since: what was only written after now was read lies ahead of it by less than a minute. */
    public static boolean isOfAnotherTime(Instant past, Instant now) {
        return past.isAfter(now.plusSeconds(60));
    }

    /** The wait of an open lane is over, or is of another time: the trickle begins. */
    public boolean halfOpen(int lane) {
        return jdbc.sql("""
                update lane_state set state = 'half_open', since = utc_timestamp(6), until = null, trial_n = 0, trial_bad = 0
                where lane_id = :lane and state = 'open' and forced = 0
                and (until <= utc_timestamp(6) or since > utc_timestamp(6) + interval 60 second)""")
                .param("lane", lane).update() == 1;
    }

    /** The trickle fares no better. */
    public boolean openAgain(int lane, Instant until, String why) {
        return jdbc.sql("""
                update lane_state set state = 'open', since = utc_timestamp(6), until = :until, why = :why
                where lane_id = :lane and state = 'half_open' and forced = 0""").param("lane", lane)
                .param("until", time(until)).param("why", cut(why)).update() == 1;
    }

    /** The trickle is healthy: mail flows again, and what was before is not counted again. */
    public boolean close(int lane, String why) {
        return jdbc.sql("""
                update lane_state set state = 'closed', measure = '', since = utc_timestamp(6), until = null, why = :why,
                    counts_from = utc_timestamp(6)
                where lane_id = :lane and state = 'half_open' and forced = 0""").param("lane", lane)
                .param("why", cut(why)).update() == 1;
    }

    /** Answers to the trickle, in the settling transaction. */
    public void tried(int lane, int answers, int bad) {
        jdbc.sql("update lane_state set trial_n = trial_n + :n, trial_bad = trial_bad + :bad"
                + " where lane_id = :lane and state = 'half_open'").param("n", answers).param("bad", bad)
                .param("lane", lane).update();
    }

    /** Slowed down to a share of {@code base} mails a second; false if another node has done so since {@code known}. */
    public boolean slow(int lane, @Nullable Instant known, double share, double base, String why) {
        ensure(lane);
        return jdbc.sql("""
                update lane_state set pace = :share, pace_base = :base, paced_at = utc_timestamp(6), pace_why = :why
                where lane_id = :lane and paced_at <=> :known""").param("lane", lane).param("share", share)
                .param("base", base).param("why", cut(why)).param("known", known == null ? null : time(known))
                .update() == 1;
    }

    /** By hand: stays so until {@link #reset}. */
    public void force(int lane, BreakerState state, String note) {
        ensure(lane);
        jdbc.sql("""
                update lane_state set state = :state, measure = '', since = utc_timestamp(6), until = null, forced = 1,
                    why = :why, note = :note where lane_id = :lane""").param("lane", lane).param("state", state.word())
                .param("why", "set by hand").param("note", cut(note)).update();
    }

    /** By hand: closed, not slowed, and judged from now on. */
    public void reset(int lane, String note) {
        ensure(lane);
        jdbc.sql("""
                update lane_state set state = 'closed', measure = '', since = utc_timestamp(6), until = null, forced = 0,
                    why = 'reset by hand', note = :note, counts_from = utc_timestamp(6), pace = 1, paced_at = null,
                    pace_why = '' where lane_id = :lane""").param("lane", lane).param("note", cut(note)).update();
    }

    /** By hand: the trickle of an open lane begins now instead of later. */
    public boolean tryNow(int lane, String note) {
        return jdbc.sql("""
                update lane_state set state = 'half_open', since = utc_timestamp(6), until = null, trial_n = 0, trial_bad = 0,
                    note = :note where lane_id = :lane and state = 'open' and forced = 0""").param("lane", lane)
                .param("note", cut(note)).update() == 1;
    }

    private void ensure(int lane) {
        jdbc.sql("insert ignore into lane_state (lane_id, since) values (:lane, utc_timestamp(6))")
                .param("lane", lane).update();
    }

    private static LaneState state(ResultSet row) throws SQLException {
        return new LaneState(row.getInt("lane_id"), BreakerState.of(row.getString("state")), row.getString("measure"),
                moment(row, "since"), perhaps(row, "until"), row.getString("why"), row.getBoolean("forced"),
                row.getString("note"), perhaps(row, "counts_from"),
                new LaneState.Trial(row.getInt("trial_n"), row.getInt("trial_bad")),
                new LaneState.Pace(row.getDouble("pace"), row.getDouble("pace_base"), perhaps(row, "paced_at"),
                        row.getString("pace_why")));
    }

    private static Instant moment(ResultSet row, String column) throws SQLException {
        return row.getObject(column, LocalDateTime.class).toInstant(ZoneOffset.UTC);
    }

    private static @Nullable Instant perhaps(ResultSet row, String column) throws SQLException {
        LocalDateTime at = row.getObject(column, LocalDateTime.class);
        return at == null ? null : at.toInstant(ZoneOffset.UTC);
    }

    private static LocalDateTime time(Instant at) {
        return at.atOffset(ZoneOffset.UTC).toLocalDateTime();
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
    }
}
