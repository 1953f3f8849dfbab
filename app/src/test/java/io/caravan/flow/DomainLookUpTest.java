package io.caravan.flow;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.TestDatabase;
import io.caravan.pacing.DomainProviders;
import io.caravan.pacing.DomainProviders.DomainProvider;
import io.caravan.transport.LocalDns;
import io.caravan.transport.LocalDns.Fault;
import io.caravan.transport.MxRouting;
import io.caravan.transport.Providers;
import io.caravan.transport.Resolver;
import io.caravan.transport.SpecialAddresses;

import static org.assertj.core.api.Assertions.assertThat;

class DomainLookUpTest {

    private final LocalDns dns = new LocalDns();
    private final DomainProviders ledger = new DomainProviders(JdbcClient.create(TestDatabase.fresh()));
    private SpecialAddresses special = SpecialAddresses.ALLOW; // its hosts are this machine
    private Instant now = Instant.parse("2026-03-02T09:00:00Z");

    @BeforeEach
    void start() throws IOException {
        dns.start();
    }

    @AfterEach
    void stop() throws IOException {
        dns.close();
    }

    /** With a memory of its own, as after a restart. */
    private DomainLookUp lookUp(Duration longest) {
        Resolver resolver = new Resolver(List.of(dns.address()), Duration.ofSeconds(2), 10_000, System::nanoTime);
        InstantSource clock = () -> now;
        return new DomainLookUp(ledger, new MxRouting(resolver, new Providers(List.of()), special, System::nanoTime),
                clock,
                longest);
    }

    @Test
    void thousandsAreAskedAtOnceAndNotAgainByTheNextRun() {
        dns.delaying(Duration.ofMillis(20));
        List<String> domains = IntStream.range(0, 1000).mapToObj(i -> "d" + i + ".example").toList();
        domains.forEach(domain -> dns.withMx(domain, 10, "mx.host.test", "127.0.0.2"));
        long began = System.nanoTime();

        Map<String, DomainProvider> found = lookUp(DomainLookUp.LONGEST).of(domains);

        assertThat(found).hasSize(1000);
        assertThat(found.values()).allMatch(one -> one.provider().equals("host.test") && one.dead().isEmpty());
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15)); // one by one: 20 s
        assertThat(lookUp(DomainLookUp.LONGEST).of(domains)).hasSize(1000);
        assertThat(dns.asked()).isEqualTo(1000);
    }

    @Test
    void theDeadAreNamedAndAskedAgainAfterAnHourAndWhatNobodyKnowsIsLeftOut() {
        dns.withMx("good.example", 10, "mx.host.test", "127.0.0.2").with("null.example", "MX", "0 .")
                .failing("away.example", Fault.SERVFAIL);
        List<String> domains = List.of("good.example", "null.example", "gone.example", "away.example");

        Map<String, DomainProvider> found = lookUp(DomainLookUp.LONGEST).of(domains);

        assertThat(found).containsOnlyKeys("good.example", "null.example", "gone.example");
        assertThat(DeadDomains.sentence(Map.of("good.example", 5L, "null.example", 1L, "gone.example", 3L), found))
                .isEqualTo("4 people at 2 domains that take no mail: gone.example (3), null.example (1)");
        now = now.plus(Duration.ofMinutes(61));
        dns.withMx("gone.example", 10, "mx.host.test", "127.0.0.2");
        assertThat(lookUp(DomainLookUp.LONGEST).of(domains).get("gone.example").dead()).isEmpty();
        assertThat(dns.asked("good.example", "MX")).isEqualTo(1);
    }

    @Test
    void aDomainThatNamesWhatIsNoHostIsAmongTheDeadAndKeepsNoneFromBeingKept() {
        String wild = "\\255".repeat(63) + "." + "\\255".repeat(63);
        dns.with("evil.example", "MX", "10 " + wild + ".evil.example.").with("worse.example", "MX", "10 " + wild + ".")
                .withMx("good.example", 10, "mx.host.test", "127.0.0.2");
        List<String> domains = List.of("good.example", "evil.example", "worse.example");

        Map<String, DomainProvider> found = lookUp(DomainLookUp.LONGEST).of(domains);

        assertThat(found.get("evil.example").dead()).contains("names no mail exchanger that is a host name");
        assertThat(DeadDomains.sentence(Map.of("good.example", 5L, "evil.example", 1L, "worse.example", 1L), found))
                .startsWith("2 people at 2 domains that take no mail: ");
        assertThat(ledger.known(domains, now)).containsOnlyKeys(domains).containsEntry("good.example",
                found.get("good.example"));
    }

    @Test
    void whatNoZoneVouchesForIsNotDeadButUnknown() {
        dns.with("empty.example", "TXT", "x").failing("empty.example", Fault.NO_SOA).failing("kept.example",
                Fault.SOA_OF_A_FILTER);

        assertThat(lookUp(DomainLookUp.LONGEST).of(List.of("gone.example", "kept.example", "empty.example")))
                .containsOnlyKeys("gone.example");
    }

    @Test
    void domainsThatLeadToThisMachineAreNamedAmongTheDead() {
        special = SpecialAddresses.REFUSE;
        dns.withMx("here.example", 10, "mx.here.example", "127.0.0.2").withMx("there.example", 10, "mx.there.example",
                "192.168.7.7");

        Map<String, DomainProvider> found = lookUp(DomainLookUp.LONGEST).of(List.of("here.example", "there.example"));

        assertThat(found.get("here.example").dead()).contains("mx.here.example is 127.0.0.2 (loopback)");
        assertThat(DeadDomains.sentence(Map.of("here.example", 2L, "there.example", 7L), found))
                .isEqualTo("2 people at 1 domain that takes no mail: here.example (2)");
    }

    @Test
    void aSlowDnsHoldsARunNoLongerThanOneDeadlineHoweverManyDomainsItHas() {
        dns.withMx("good.example", 10, "mx.host.test", "127.0.0.2");
        List<String> domains = new ArrayList<>(List.of("good.example"));
        for (int i = 0; i < 250; i++) { // more than are asked at once
            dns.failing("silent" + i + ".example", Fault.SILENCE);
            domains.add("silent" + i + ".example");
        }
        long began = System.nanoTime();

        Map<String, DomainProvider> found = lookUp(Duration.ofMillis(800)).of(domains);

        assertThat(found).containsOnlyKeys("good.example");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(Duration.ofMillis(700),
                Duration.ofMillis(3500)); // each is silent for 4 s
    }
}
