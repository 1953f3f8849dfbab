package io.caravan.pacing;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.TestDatabase;
import io.caravan.pacing.StsPolicies.StsPolicyText;
import io.caravan.pacing.TlsDays.Day;
import io.caravan.pacing.TlsDays.Report;
import io.caravan.pacing.TlsResults.Count;
import io.caravan.pacing.TlsResults.Key;
import io.caravan.pacing.TlsResults.PolicyOf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

class TlsLedgerTest {

    private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 25);

    private final DataSource source = TestDatabase.fresh();
    private final StsPolicies policies = new StsPolicies(JdbcClient.create(source));
    private final TlsResults results = new TlsResults(new JdbcTemplate(source),
            new TransactionTemplate(new DataSourceTransactionManager(source)));
    private final TlsDays days = new TlsDays(JdbcClient.create(source));

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

    @Test
    void keepsThePolicyOfTheDayAndTellsFailuresApartByAddress() {
        Key one = new Key(TODAY, "example.org", "sts", "mx", "certificate-expired", "192.0.2.9", "192.0.2.1");
        Key other = new Key(TODAY, "example.org", "sts", "mx", "certificate-expired", "192.0.2.9", "2001:db8::1");
        results.add(Map.of(one, 1L, other, 2L));
        results.add(Map.of(one, 4L));
        results.keep(Map.of(new PolicyOf(TODAY, "example.org", "sts", ""), "version: STSv1\nmode: testing",
                new PolicyOf(TODAY, "example.org", "tlsa", "a"), "3 1 1 aa",
                new PolicyOf(TODAY, "example.org", "tlsa", "b"), "3 1 1 aa\n3 1 1 bb",
                new PolicyOf(TODAY.minusDays(1), "example.org", "sts", ""), "mode: none"));
        results.keep(Map.of(new PolicyOf(TODAY, "example.org", "sts", ""), "version: STSv1\nmode: enforce"));

        assertThat(results.of(TODAY, "example.org")).containsExactly(new Count(one, 5), new Count(other, 2));
        assertThat(results.policies(TODAY, "example.org")).isEqualTo(Map.of("sts",
                List.of("version: STSv1", "mode: enforce"), "tlsa", List.of("3 1 1 aa", "3 1 1 bb")));
        results.removeBefore(TODAY);
        assertThat(results.policies(TODAY.minusDays(1), "example.org")).isEmpty();
    }

    @Test
    void aHostsNameThatIsTooLongIsCutAndKeepsNothingElseFromBeingKept() {
        String host = "x".repeat(300);
        results.add(Map.of(new Key(TODAY, "a.example", "tlsa", host + "1", "success"), 1L,
                new Key(TODAY, "a.example", "tlsa", host + "2", "tlsa-invalid", "", ""), 2L,
                new Key(TODAY, "b.example", "sts", "mx.b.example", "success"), 3L));
        results.keep(Map.of(new PolicyOf(TODAY, "a.example", "tlsa", host + "1"), "3 1 1 aa",
                new PolicyOf(TODAY, "b.example", "sts", ""), "mode: none"));

        assertThat(results.of(TODAY, "a.example")).extracting(one -> one.key().host())
                .containsOnly("x".repeat(255)).hasSize(2);
        assertThat(results.of(TODAY, "b.example")).hasSize(1);
        assertThat(results.policies(TODAY, "a.example")).isEqualTo(Map.of("tlsa", List.of("3 1 1 aa")));
        assertThat(results.policies(TODAY, "b.example")).isEqualTo(Map.of("sts", List.of("mode: none")));
    }

    @Test
    void keepsALineForEachDomainAndDay() {
        results.add(Map.of(new Key(TODAY, "b.example", "sts", "mx.b.example", "success"), 3L,
                new Key(TODAY, "b.example", "sts", "", "sts-policy-invalid"), 2L,
                new Key(TODAY, "a.example", "no-policy-found", "mx.a.example", "success"), 7L,
                new Key(TODAY.minusDays(1), "c.example", "tlsa", "mx.c.example", "success"), 1L));
        results.add(Map.of(new Key(TODAY, "b.example", "no-policy-found", "mx.b.example", "success"), 4L));

        assertThat(days.days()).containsExactly(TODAY, TODAY.minusDays(1));
        assertThat(days.page(TODAY, "", false, 10)).extracting(Day::domain, Day::ok, Day::failed)
                .containsExactly(tuple("a.example", 7L, 0L), tuple("b.example", 7L, 2L));
        assertThat(days.page(TODAY, "", true, 10)).extracting(Day::domain).containsExactly("b.example");
        assertThat(days.page(TODAY, "a.example", false, 10)).extracting(Day::domain).containsExactly("b.example");
        assertThat(days.find(TODAY, "c.example")).isEmpty();
    }

    @Test
    void aReportIsTakenByOneNodeAndDueAgainUntilItIsSettled() {
        results.add(Map.of(new Key(TODAY, "a.example", "sts", "mx.a.example", "success"), 1L));
        Instant night = Instant.parse("2026-11-26T00:10:00Z");
        assertThat(days.due(TODAY, night.minusSeconds(1), 10)).as("the day's last counts come").isEmpty();
        Instant later = night.plus(Duration.ofHours(4));
        Day seen = days.due(TODAY, later, 10).getFirst();

        assertThat(days.take(seen, later.plusSeconds(60))).isTrue();
        assertThat(days.take(seen, later.plusSeconds(60))).as("another node saw it as well").isFalse();
        days.settle(seen, Report.DUE, "x".repeat(600));

        assertThat(days.due(TODAY, later.plusSeconds(59), 10)).isEmpty();
        Day again = days.due(TODAY, later.plusSeconds(60), 10).getFirst();
        assertThat(again.tries()).isEqualTo(1);
        assertThat(again.said()).hasSize(500);
        days.settle(again, Report.SENT, "250 ok");
        assertThat(days.due(TODAY, later.plusSeconds(90), 10)).isEmpty();
        assertThat(days.find(TODAY, "a.example").map(Day::report)).contains(Report.SENT);
    }
}
