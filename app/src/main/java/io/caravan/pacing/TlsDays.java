package io.caravan.pacing;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** How TLS went, a line for each domain and day, and what became of the report that the domain may have asked for (RFC 8460). */
@Repository
public class TlsDays {

    /** What became of a day's report. */
    public enum Report {
        DUE, SENT, NONE, FAILED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param day    in UTC
     * @param ok     sessions with which all was well
     * @param failed sessions, and policies that could not be had
     * @param report {@code NONE}: the domain publishes no address for it
     * @param nextAt a due one is not tried before
     * @param said   what came of the last try
     */
    public record Day(LocalDate day, String domain, long ok, long failed, Report report, int tries, Instant nextAt,
            String said) {
    }

    private static final int MOST_SAID = 500;

    private final JdbcClient jdbc;

    public TlsDays(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The days that something is kept of, the newest first. */
    public List<LocalDate> days() {
        return jdbc.sql("select distinct day from tls_day order by day desc limit 60")
                .query((rs, _) -> rs.getObject(1, LocalDate.class)).list();
    }

    /**
     * A piece of a day, by domain.
     *
     * @param after    begins behind this domain, {@code ""}: at the first
     * @param troubled only those with failures
     */
    public List<Day> page(LocalDate day, String after, boolean troubled, int limit) {
        return jdbc.sql("select * from tls_day where day = ? and " + (troubled ? "troubled = 1 and " : "")
                + "domain > ? order by domain limit ?").params(day, after, limit).query((rs, _) -> read(rs)).list();
    }

    public Optional<Day> find(LocalDate day, String domain) {
        return jdbc.sql("select * from tls_day where day = ? and domain = ?").params(day, domain)
                .query((rs, _) -> read(rs)).optional();
    }

    /** Reports of a day that may be tried now. */
    public List<Day> due(LocalDate day, Instant now, int limit) {
        return jdbc.sql("select * from tls_day where day = ? and report = 'due' and next_at <= ? order by next_at"
                + " limit ?").params(day, utc(now), limit).query((rs, _) -> read(rs)).list();
    }

    /** Takes a report to try it; false: another node has. If this node dies meanwhile, it is due again at {@code next}. */
    public boolean take(Day seen, Instant next) {
        return jdbc.sql("""
                update tls_day set tries = tries + 1, next_at = ?
                where day = ? and domain = ? and report = 'due' and tries = ?
                """).params(utc(next), seen.day(), seen.domain(), seen.tries()).update() == 1;
    }

    /** What came of it. {@code DUE}: it is tried again at the time that {@link #take} gave. */
    public void settle(Day day, Report report, String said) {
        jdbc.sql("update tls_day set report = ?, said = ? where day = ? and domain = ?")
                .params(report.word(), said.substring(0, Math.min(MOST_SAID, said.length())), day.day(), day.domain())
                .update();
    }

    private static Day read(ResultSet rs) throws SQLException {
        return new Day(rs.getObject("day", LocalDate.class), rs.getString("domain"), rs.getLong("ok"),
                rs.getLong("failed"), Report.valueOf(rs.getString("report").toUpperCase(Locale.ROOT)),
                rs.getInt("tries"), rs.getObject("next_at", LocalDateTime.class).toInstant(ZoneOffset.UTC),
                rs.getString("said"));
    }

    private static LocalDateTime utc(Instant moment) {
        return LocalDateTime.ofInstant(moment, ZoneOffset.UTC);
    }
}
