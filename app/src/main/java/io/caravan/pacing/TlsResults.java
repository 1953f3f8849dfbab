package io.caravan.pacing;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/** How TLS went with each recipients' domain, counted by the day: what reports after RFC 8460 are made from. */
@Repository
public class TlsResults {

    /** The result of a session with which all was well. */
    public static final String SUCCESS = "success";

    private static final int AT_ONCE = 500;
    private static final int MOST_OF_A_DAY = 500;
    private static final int LONGEST_HOST = 255;
    private static final Comparator<Key> IN_KEY_ORDER = Comparator.comparing(Key::day).thenComparing(Key::domain)
            .thenComparing(Key::policy).thenComparing(Key::host).thenComparing(Key::result)
            .thenComparing(Key::from).thenComparing(Key::to);

    /**
     * @param day    in UTC
     * @param policy {@code tlsa}, {@code sts} or {@code no-policy-found}
     * @param host   the mail exchanger, its first 255 letters; {@code ""}: it was not about one
     * @param result {@code success}, or a result-type of RFC 8460 section 4.3
     * @param from   our address, of failures; {@code ""}: not told
     * @param to     the host's, of failures; {@code ""}: not told
     */
    public record Key(LocalDate day, String domain, String policy, String host, String result, String from,
            String to) {

        public Key {
            host = LaneReplies.cut(host, LONGEST_HOST);
        }

        public Key(LocalDate day, String domain, String policy, String host, String result) {
            this(day, domain, policy, host, result, "", "");
        }

        public boolean isSuccess() {
            return result.equals(SUCCESS);
        }
    }

    public record Count(Key key, long sessions) {
    }

    /**
     * Whose policy was applied on a day.
     *
     * @param host whose TLSA records they are, its first 255 letters; {@code ""}: the domain's MTA-STS policy
     */
    public record PolicyOf(LocalDate day, String domain, String policy, String host) {

        public PolicyOf {
            host = LaneReplies.cut(host, LONGEST_HOST);
        }
    }

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;

    public TlsResults(JdbcTemplate jdbc, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /** Adds all or nothing; rows in key order, so that two nodes never deadlock. */
    public void add(Map<Key, Long> sessions) {
        List<Key> keys = new ArrayList<>(sessions.keySet());
        keys.sort(IN_KEY_ORDER);
        transaction.executeWithoutResult(_ -> {
            for (int from = 0; from < keys.size(); from += AT_ONCE) {
                List<Key> some = keys.subList(from, Math.min(from + AT_ONCE, keys.size()));
                addResults(some, sessions);
                addDays(some, sessions);
            }
        });
    }

    private void addResults(List<Key> keys, Map<Key, Long> sessions) {
        jdbc.update(
                "insert into tls_result (day, domain, policy, host, result, sending_ip, receiving_ip, sessions) values "
                        + rows(keys, "(?,?,?,?,?,?,?,?)")
                        + " on duplicate key update sessions = sessions + values(sessions)",
                keys.stream().flatMap(key -> List.<Object>of(key.day(), key.domain(), key.policy(), key.host(),
                        key.result(), key.from(), key.to(), sessions.getOrDefault(key, 0L)).stream()).toArray());
    }

    /** A day's report is due when the day is over and ten minutes for late counts; each domain's at a time of its own in four hours. */
    private void addDays(List<Key> keys, Map<Key, Long> sessions) {
        jdbc.update("insert into tls_day (day, domain, ok, failed, next_at) values "
                + rows(keys, "(?,?,?,?, ? + interval 1 day + interval 600 + crc32(?) % 14400 second)")
                + " on duplicate key update ok = ok + values(ok), failed = failed + values(failed)",
                keys.stream().flatMap(key -> {
                    long n = sessions.getOrDefault(key, 0L);
                    return List.<Object>of(key.day(), key.domain(), key.isSuccess() ? n : 0L, key.isSuccess() ? 0L : n,
                            key.day(), key.domain()).stream();
                }).toArray());
    }

    private static String rows(List<Key> keys, String each) {
        return String.join(",", keys.stream().map(_ -> each).toList());
    }

    /** One domain's day, its first five hundred lines. */
    public List<Count> of(LocalDate day, String domain) {
        return jdbc.query(
                "select * from tls_result where day = ? and domain = ? order by policy, host, result, sending_ip, receiving_ip limit "
                        + MOST_OF_A_DAY,
                (rs, _) -> new Count(new Key(rs.getObject("day", LocalDate.class), rs.getString("domain"),
                        rs.getString("policy"), rs.getString("host"), rs.getString("result"),
                        rs.getString("sending_ip"), rs.getString("receiving_ip")),
                        rs.getLong("sessions")),
                day, domain);
    }

    /** Keeps policies as they were applied, one of a kind, day and host: the last. In key order, as above. */
    public void keep(Map<PolicyOf, String> applied) {
        List<Object[]> rows = applied.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.comparing(PolicyOf::day).thenComparing(PolicyOf::domain)
                        .thenComparing(PolicyOf::policy).thenComparing(PolicyOf::host)))
                .map(one -> new Object[]{one.getKey().day(), one.getKey().domain(), one.getKey().policy(),
                        one.getKey().host(), one.getValue()})
                .toList();
        if (!rows.isEmpty()) {
            jdbc.batchUpdate("insert into tls_policy (day, domain, policy, host, applied) values (?,?,?,?,?)"
                    + " on duplicate key update applied = values(applied)", rows);
        }
    }

    /** What was applied on a domain's day, by kind of policy: its lines, each once. */
    public Map<String, List<String>> policies(LocalDate day, String domain) {
        Map<String, List<String>> kinds = new TreeMap<>();
        jdbc.query("select policy, applied from tls_policy where day = ? and domain = ? order by policy, host limit "
                + MOST_OF_A_DAY, rs -> {
                    List<String> lines = kinds.computeIfAbsent(rs.getString(1), _ -> new ArrayList<>());
                    rs.getString(2).lines().filter(line -> !lines.contains(line)).forEach(lines::add);
                }, day, domain);
        return kinds;
    }

    /** @return how many lines of days before this one went */
    public int removeBefore(LocalDate day) {
        jdbc.update("delete from tls_day where day < ?", day);
        jdbc.update("delete from tls_policy where day < ?", day);
        return jdbc.update("delete from tls_result where day < ?", day);
    }
}
