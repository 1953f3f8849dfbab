package io.caravan.pacing;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/** How TLS went with each recipients' domain, counted by the day: what reports after RFC 8460 are made from. */
@Repository
public class TlsResults {

    private static final int AT_ONCE = 500;
    private static final Comparator<Key> IN_KEY_ORDER = Comparator.comparing(Key::day).thenComparing(Key::domain)
            .thenComparing(Key::policy).thenComparing(Key::host).thenComparing(Key::result);

    /**
     * @param day    in UTC
     * @param policy {@code tlsa}, {@code sts} or {@code no-policy-found}
     * @param host   the mail exchanger; {@code ""}: it was not about one
     * @param result {@code success}, or a result-type of RFC 8460 section 4.3
     */
    public record Key(LocalDate day, String domain, String policy, String host, String result) {
    }

    public record Count(Key key, long sessions) {
    }

    private final JdbcTemplate jdbc;

    public TlsResults(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Adds; rows in key order, so that two nodes never deadlock. */
    public void add(Map<Key, Long> sessions) {
        List<Key> keys = new ArrayList<>(sessions.keySet());
        keys.sort(IN_KEY_ORDER);
        for (int from = 0; from < keys.size(); from += AT_ONCE) {
            List<Key> some = keys.subList(from, Math.min(from + AT_ONCE, keys.size()));
            jdbc.update("insert into tls_result (day, domain, policy, host, result, sessions) values "
                    + String.join(",", some.stream().map(_ -> "(?,?,?,?,?,?)").toList())
                    + " on duplicate key update sessions = sessions + values(sessions)",
                    some.stream().flatMap(key -> List.<Object>of(key.day(), key.domain(), key.policy(), key.host(),
                            key.result(), sessions.getOrDefault(key, 0L)).stream()).toArray());
        }
    }

    /** One domain's day. */
    public List<Count> of(LocalDate day, String domain) {
        return jdbc.query("select * from tls_result where day = ? and domain = ? order by policy, host, result",
                (rs, _) -> new Count(new Key(rs.getObject("day", LocalDate.class), rs.getString("domain"),
                        rs.getString("policy"), rs.getString("host"), rs.getString("result")),
                        rs.getLong("sessions")),
                day, domain);
    }

    public int removeBefore(LocalDate day) {
        return jdbc.update("delete from tls_result where day < ?", day);
    }
}
