package io.caravan.delivery;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

import io.caravan.mail.RunId;

/** Lanes of runs of which nothing can go, since what their mail goes by gives no service. All nodes know of them, over restarts. */
@Repository
public class Outages {

    /** @param seen when a node last found it so */
    public record Outage(RunId run, int lane, Instant since, Instant seen) {
    }

    private final JdbcClient jdbc;

    public Outages(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    public List<Outage> all() {
        return jdbc.sql("select run_id, lane_id, since, seen_at from outage")
                .query((rs, _) -> new Outage(new RunId(rs.getLong(1)), rs.getInt(2), Batches.instant(rs, 3),
                        Batches.instant(rs, 4)))
                .list();
    }

    /**
     * It is so now.
     *
     * @param over what nobody has seen since then was over: this is a new one
     */
    public void seen(RunId run, int lane, Instant now, Instant over) {
        // assignments go from left to right: the first sees when it was last seen
        jdbc.sql("""
                insert into outage (run_id, lane_id, since, seen_at) values (:run, :lane, :now, :now)
                on duplicate key update since = if(seen_at < :over, values(since), since), seen_at = values(seen_at)""")
                .param("run", run.value()).param("lane", lane).param("now", time(now)).param("over", time(over))
                .update();
    }

    /** Something goes again. */
    public void over(RunId run, int lane) {
        jdbc.sql("delete from outage where run_id = :run and lane_id = :lane").param("run", run.value())
                .param("lane", lane).update();
    }

    private static LocalDateTime time(Instant at) {
        return LocalDateTime.ofInstant(at.truncatedTo(ChronoUnit.MICROS), ZoneOffset.UTC);
    }
}
