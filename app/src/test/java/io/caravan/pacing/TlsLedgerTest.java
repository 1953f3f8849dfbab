package io.caravan.pacing;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.TestDatabase;
import io.caravan.pacing.StsPolicies.StsPolicyText;
import io.caravan.pacing.TlsResults.Count;
import io.caravan.pacing.TlsResults.Key;

import static org.assertj.core.api.Assertions.assertThat;

class TlsLedgerTest {

    private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 25);

    private final DataSource source = TestDatabase.fresh();
    private final StsPolicies policies = new StsPolicies(JdbcClient.create(source));
    private final TlsResults results = new TlsResults(new JdbcTemplate(source));

    @Test
    void keepsOnePolicyADomainUntilItExpires() {
        StsPolicyText first = new StsPolicyText("example.org", "1", "version: STSv1\n", NOON, NOON.plusSeconds(60));
        StsPolicyText second = new StsPolicyText("example.org", "2", "version: STSv1\nmode: none\n",
                NOON.plusSeconds(5), NOON.plusSeconds(90));

        policies.keep(first);
        assertThat(policies.find("example.org", NOON)).contains(first);
        policies.keep(second);
        assertThat(policies.find("example.org", NOON)).contains(second);
        assertThat(policies.find("example.net", NOON)).isEmpty();
        assertThat(policies.find("example.org", NOON.plusSeconds(90))).isEmpty();
        assertThat(policies.removeExpired(NOON.plusSeconds(89))).isZero();
        assertThat(policies.removeExpired(NOON.plusSeconds(91))).isEqualTo(1);
    }

    @Test
    void addsSessionsToADomainsDay() {
        Key good = new Key(TODAY, "example.org", "sts", "mx.example.org", "success");
        Key bad = new Key(TODAY, "example.org", "sts", "mx.example.org", "certificate-expired");

        results.add(Map.of(good, 3L, bad, 1L));
        results.add(Map.of(good, 2L, new Key(TODAY.minusDays(40), "example.org", "sts", "", "success"), 1L));
        results.add(Map.of());

        assertThat(results.of(TODAY, "example.org")).containsExactly(new Count(bad, 1), new Count(good, 5));
        assertThat(results.removeBefore(TODAY)).isEqualTo(1);
        assertThat(results.of(TODAY, "example.org")).hasSize(2);
    }
}
