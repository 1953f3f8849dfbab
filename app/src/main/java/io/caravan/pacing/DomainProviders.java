package io.caravan.pacing;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Repository;

/** Which provider each domain is of, as look-ups found: kept beyond the DNS's own memory, so that a run is planned without asking again. */
@Repository
public class DomainProviders {

    private static final int AT_ONCE = 1000;

    /**
     * @param mx   the best mail exchanger, {@code ""} for none
     * @param dead why it takes no mail, for certain; {@code ""}: it does
     */
    public record DomainProvider(String domain, String provider, String mx, String dead, Instant lookedUpAt,
            Instant expires) {
    }

    private final JdbcClient jdbc;

    public DomainProviders(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Those of the domains that are known and have not expired. */
    public Map<String, DomainProvider> known(Collection<String> domains, Instant now) {
        Map<String, DomainProvider> known = new HashMap<>();
        for (List<String> some : slices(List.copyOf(domains))) {
            jdbc.sql("select * from domain_provider where domain in (:domains) and expires > :now")
                    .param("domains", some).param("now", utc(now))
                    .query((rs, _) -> known.put(rs.getString("domain"), new DomainProvider(rs.getString("domain"),
                            rs.getString("provider"), rs.getString("mx"), rs.getString("dead"),
                            rs.getObject("looked_up_at", java.time.LocalDateTime.class).toInstant(ZoneOffset.UTC),
                            rs.getObject("expires", java.time.LocalDateTime.class).toInstant(ZoneOffset.UTC))))
                    .list();
        }
        return known;
    }

    /** Keeps what was found, cut to what there is room for; what was known of these domains before is replaced. */
    public void keep(Collection<DomainProvider> found) {
        for (List<DomainProvider> some : slices(List.copyOf(found))) {
            StatementSpec insert = jdbc.sql("insert into domain_provider"
                    + " (domain, provider, mx, dead, looked_up_at, expires) values "
                    + String.join(",", some.stream().map(_ -> "(?,?,?,?,?,?)").toList())
                    + " on duplicate key update provider = values(provider), mx = values(mx), dead = values(dead),"
                    + " looked_up_at = values(looked_up_at), expires = values(expires)");
            int at = 0;
            for (DomainProvider one : some) {
                for (Object value : List.of(one.domain(), LaneReplies.cut(one.provider(), 255),
                        LaneReplies.cut(one.mx(), 500), LaneReplies.cut(one.dead(), 500), utc(one.lookedUpAt()),
                        utc(one.expires()))) {
                    insert = insert.param(++at, value);
                }
            }
            insert.update();
        }
    }

    private static Object utc(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC).toLocalDateTime();
    }

    private static <T> List<List<T>> slices(List<T> all) {
        List<List<T>> slices = new ArrayList<>();
        for (int from = 0; from < all.size(); from += AT_ONCE) {
            slices.add(all.subList(from, Math.min(from + AT_ONCE, all.size())));
        }
        return slices;
    }
}
