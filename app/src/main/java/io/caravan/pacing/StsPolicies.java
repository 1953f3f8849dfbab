package io.caravan.pacing;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The MTA-STS policies that were seen, for all nodes and over restarts. */
@Repository
public class StsPolicies {

    /**
     * @param domain as A-label, lower case
     * @param text   as it was served
     */
    public record StsPolicyText(String domain, String txtId, String text, Instant fetchedAt, Instant expires) {
    }

    private final JdbcClient jdbc;

    public StsPolicies(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** One that has not expired. */
    public Optional<StsPolicyText> find(String domain, Instant now) {
        return jdbc.sql("select * from sts_policy where domain = ? and expires > ?").params(domain, utc(now))
                .query((rs, _) -> new StsPolicyText(rs.getString("domain"), rs.getString("txt_id"),
                        rs.getString("policy"),
                        rs.getObject("fetched_at", LocalDateTime.class).toInstant(ZoneOffset.UTC),
                        rs.getObject("expires", LocalDateTime.class).toInstant(ZoneOffset.UTC)))
                .optional();
    }

    /** In place of what was kept of this domain. */
    public void keep(StsPolicyText policy) {
        jdbc.sql("""
                insert into sts_policy (domain, txt_id, policy, fetched_at, expires) values (?, ?, ?, ?, ?)
                on duplicate key update txt_id = values(txt_id), policy = values(policy),
                    fetched_at = values(fetched_at), expires = values(expires)
                """).params(policy.domain(), policy.txtId(), policy.text(), utc(policy.fetchedAt()),
                utc(policy.expires())).update();
    }

    public int removeExpired(Instant now) {
        return jdbc.sql("delete from sts_policy where expires < ?").param(utc(now)).update();
    }

    private static Object utc(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC).toLocalDateTime();
    }
}
