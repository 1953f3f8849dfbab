package io.caravan.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ResolverConfig;

import io.caravan.transport.LocalDns.Fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class ResolverTest {

    private final AtomicLong clock = new AtomicLong();
    private final LocalDns server = new LocalDns();
    private Resolver resolver;

    @BeforeEach
    void start() throws IOException {
        server.start();
        resolver = resolver(100, server.address());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private Resolver resolver(int entries, InetSocketAddress... servers) {
        return new Resolver(List.of(servers), Duration.ofMillis(300), entries, clock::get);
    }

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    @Test
    void readsMailExchangersAddressesTextsAndTlsa() throws Exception {
        server.with("example.org", "MX", "10 MX1.Example.org.").with("example.org", "MX", "20 mx2.example.org.")
                .with("mx1.example.org", "A", "127.0.0.2").with("mx1.example.org", "AAAA", "::1")
                .with("example.org", "TXT", "\"v=spf1 \" \"-all\"")
                .with("_25._tcp.mx1.example.org", "TLSA", "3 1 1 AB01").with("void.example", "MX", "0 .");

        assertThat(list(resolver.mx("Example.ORG"))).containsExactlyInAnyOrder(new Dns.Mx(10, "mx1.example.org"),
                new Dns.Mx(20, "mx2.example.org"));
        assertThat(list(resolver.addresses("mx1.example.org"))).containsExactlyInAnyOrder(
                InetAddress.getByName("127.0.0.2"), InetAddress.getByName("::1"));
        assertThat(list(resolver.txt("example.org"))).containsExactly("v=spf1 -all");
        assertThat(list(resolver.tlsa(25, "mx1.example.org"))).containsExactly(new Dns.Tlsa(3, 1, 1, "ab01"));
        assertThat(list(resolver.mx("void.example"))).singleElement().matches(Dns.Mx::isNull);
    }

    @Test
    void tellsANameThatDoesNotExistFromOneWithoutSuchRecords() {
        server.with("host.example", "A", "127.0.0.1");

        assertThat(resolver.mx("nowhere.example")).isEqualTo(Dns.None.certain(true, Duration.ofSeconds(60), false));
        assertThat(resolver.mx("host.example")).isEqualTo(Dns.None.certain(false, Duration.ofSeconds(60), false));
        assertThat(resolver.mx("a".repeat(64) + ".example")).isInstanceOf(Dns.None.class);
    }

    @Test
    void anAnswerHoldsForItsTimeToLiveAndADenialForItsOwn() {
        server.ttl(30).negativeTtl(10).with("example.org", "MX", "10 mx.example.org.");

        resolver.mx("example.org");
        resolver.mx("nowhere.example");
        pass(Duration.ofSeconds(9));
        assertThat(((Dns.Records<Dns.Mx>) resolver.mx("example.org")).ttl()).isEqualTo(Duration.ofSeconds(21));
        resolver.mx("nowhere.example");
        assertThat(server.asked()).isEqualTo(2);
        pass(Duration.ofSeconds(2));
        resolver.mx("nowhere.example");
        pass(Duration.ofSeconds(20));
        resolver.mx("example.org");

        assertThat(server.asked("nowhere.example", "MX")).isEqualTo(2);
        assertThat(server.asked("example.org", "MX")).isEqualTo(2);
    }

    @Test
    void whatWasUsedLongestAgoIsForgottenFirst() {
        Resolver small = resolver(2, server.address());
        server.with("a.example", "MX", "1 mx.a.example.").with("b.example", "MX", "1 mx.b.example.").with("c.example",
                "MX", "1 mx.c.example.");

        List.of("a.example", "b.example", "a.example", "c.example", "a.example", "b.example").forEach(small::mx);

        assertThat(server.asked("a.example", "MX")).isEqualTo(1);
        assertThat(server.asked("b.example", "MX")).isEqualTo(2);
    }

    @Test
    void oneNameIsAskedOnceHoweverManyWantIt() {
        server.delaying(Duration.ofMillis(100)).with("example.org", "MX", "10 mx.example.org.");
        List<Dns.Answer<Dns.Mx>> answers = java.util.Collections.synchronizedList(new ArrayList<>());

        for (int i = 0; i < 50; i++) {
            Thread.ofVirtual().start(() -> answers.add(resolver.mx("example.org")));
        }

        await().until(() -> answers.size() == 50);
        assertThat(answers).allMatch(Dns.Records.class::isInstance);
        assertThat(server.asked("example.org", "MX")).isEqualTo(1);
    }

    @Test
    void whatBlocksTheCommonPoolHoldsUpNoAnswer() {
        server.with("example.org", "MX", "10 mx.example.org.").with("long.example", "MX", "10 mx.example.org.")
                .failing("long.example", Fault.TRUNCATED_UDP);
        CountDownLatch free = new CountDownLatch(1);
        AtomicInteger blocked = new AtomicInteger();
        int threads = ForkJoinPool.commonPool().getParallelism();
        for (int i = 0; i < threads + 4; i++) {
            ForkJoinPool.commonPool().execute(() -> {
                blocked.incrementAndGet();
                try {
                    free.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt(); // the JVM ends
                }
            });
        }
        try {
            await().until(() -> blocked.get() >= threads);

            assertThat(list(resolver.mx("example.org"))).hasSize(1);
            assertThat(list(resolver.mx("long.example"))).hasSize(1);
        } finally {
            free.countDown();
        }
    }

    @Test
    void aTruncatedAnswerIsAskedForOverTcp() {
        server.with("example.org", "MX", "10 mx.example.org.").failing("example.org", Fault.TRUNCATED_UDP);

        assertThat(list(resolver.mx("example.org"))).hasSize(1);
        assertThat(server.overTcp()).isEqualTo(1);
    }

    @Test
    void aServerThatFailsIsAFaultForSecondsAndThenAskedAgain() {
        server.with("example.org", "MX", "10 mx.example.org.").failing(Fault.SERVFAIL);

        assertThat(resolver.mx("example.org").toString()).contains("127.0.0.1:" + server.port(), "SERVFAIL",
                "example.org");
        int asked = server.asked();
        server.failing((Fault) null);
        assertThat(resolver.mx("example.org")).isInstanceOf(Dns.Fault.class);
        assertThat(server.asked()).isEqualTo(asked);
        pass(DnsMemory.FAULT.plusMillis(1));
        assertThat(list(resolver.mx("example.org"))).hasSize(1);
    }

    @Test
    void aDenialThatNoZoneVouchesForIsADoubtForSecondsAndThenAskedAgain() {
        server.negativeTtl(3600).failing(Fault.SOA_OF_A_FILTER);

        Dns.Answer<Dns.Mx> doubted = resolver.mx("gone.example");
        resolver.mx("gone.example");
        pass(DnsMemory.FAULT.minusMillis(1));
        resolver.mx("gone.example");
        assertThat(server.asked("gone.example", "MX")).isEqualTo(1);
        server.failing((Fault) null);
        pass(Duration.ofMillis(2));

        assertThat(doubted).isInstanceOfSatisfying(Dns.None.class,
                none -> assertThat(none.doubt().toString()).contains("127.0.0.1:" + server.port(), "gone.example"));
        assertThat(resolver.mx("gone.example")).isEqualTo(Dns.None.certain(true, Duration.ofSeconds(3600), false));
    }

    /** Routers at home answer questions for IPv6 like this. */
    @Test
    void aDoubtAboutOneFamilyOfAddressesIsOneAboutBoth() {
        for (String type : List.of("A", "AAAA")) {
            server.failing("gone.example", type, Fault.NO_SOA);
            assertThat(resolver(10, server.address()).addresses("gone.example")).as(type)
                    .isInstanceOfSatisfying(Dns.None.class, none -> assertThat(none.doubt()).isNotNull());
            server.failing("gone.example", type, null);
        }
        assertThat(resolver.addresses("gone.example")).isInstanceOfSatisfying(Dns.None.class,
                none -> assertThat(none.doubt()).isNull());
    }

    @Test
    void theNextServerIsAskedWhenOneIsSilentOrRefusesOrIsNoResolverOrDeniesForNoZone() throws IOException {
        try (LocalDns other = new LocalDns().with("example.org", "MX", "10 mx.example.org.").start()) {
            for (Fault fault : List.of(Fault.SILENCE, Fault.REFUSED, Fault.SERVFAIL, Fault.REFERRAL, Fault.NO_SOA)) {
                server.failing(fault);
                assertThat(list(resolver(10, server.address(), other.address()).mx("example.org"))).as("%s", fault)
                        .hasSize(1);
            }
        }
    }

    /** As of a machine whose network came after us, or is another one since. */
    @Test
    void theSystemsServersAreReadAgain() {
        server.with("example.org", "TXT", "\"here\"");
        String before = System.getProperty("dns.server");
        try {
            systemHas("127.0.0.1:1");
            ResolverConfig.refresh();
            Resolver system = resolver(100);
            assertThat(system.txt("example.org")).isInstanceOf(Dns.Fault.class);

            systemHas("127.0.0.1:" + server.address().getPort());
            pass(Duration.ofSeconds(20));
            assertThat(system.txt("example.org")).isInstanceOf(Dns.Fault.class);
            pass(Duration.ofSeconds(11));
            assertThat(list(system.txt("example.org"))).containsExactly("here");
        } finally {
            systemHas(before);
            ResolverConfig.refresh();
        }
    }

    private static void systemHas(String servers) {
        if (servers == null) {
            System.clearProperty("dns.server");
        } else {
            System.setProperty("dns.server", servers);
        }
    }

    @Test
    void aliasesAreFollowedAndTheShortestTimeToLiveCounts() {
        server.ttl(20).with("www.example", "CNAME", "host.example.").ttl(300).with("host.example", "A", "127.0.0.3")
                .with("lost.example", "CNAME", "nowhere.example.").with("round.example", "CNAME", "round.example.");

        Dns.Answer<InetAddress> found = resolver.addresses("www.example");

        assertThat(list(found)).extracting(InetAddress::getHostAddress).containsExactly("127.0.0.3");
        assertThat(((Dns.Records<InetAddress>) found).ttl()).isEqualTo(Duration.ofSeconds(20));
        assertThat(resolver.addresses("lost.example")).isInstanceOf(Dns.None.class);
        assertThat(resolver.mx("round.example")).isInstanceOf(Dns.Fault.class);
    }

    @Test
    void recordsSayWhoseTheyAreAndAnAliasIsToldWithoutFollowingIt() {
        server.with("Www.example", "CNAME", "cdn.example.").with("cdn.example", "CNAME", "Host.example.")
                .with("host.example", "A", "127.0.0.3").with("host.example", "AAAA", "::1").validated("www.example");

        assertThat(((Dns.Records<InetAddress>) resolver.addresses("WWW.example")).name()).isEqualTo("host.example");
        assertThat(((Dns.Records<InetAddress>) resolver.addresses("Host.example")).name()).isEqualTo("host.example");
        assertThat(resolver.alias("www.example")).isEqualTo(
                new Dns.Records<>(List.of("cdn.example"), Duration.ofSeconds(300), true, "www.example"));
        assertThat(resolver.alias("host.example")).isInstanceOf(Dns.None.class);
    }

    @Test
    void whatAServerOfOurOwnValidatedIsAuthentic() {
        server.with("safe.example", "MX", "10 mx.safe.example.").validated("safe.example").validated("gone.example")
                .with("plain.example", "MX", "10 mx.plain.example.");

        assertThat(((Dns.Records<Dns.Mx>) resolver.mx("safe.example")).authentic()).isTrue();
        assertThat(((Dns.Records<Dns.Mx>) resolver.mx("plain.example")).authentic()).isFalse();
        assertThat(((Dns.None<Dns.Mx>) resolver.mx("gone.example")).authentic()).isTrue();
    }

    private static <T> List<T> list(Dns.Answer<T> answer) {
        assertThat(answer).isInstanceOf(Dns.Records.class);
        return ((Dns.Records<T>) answer).list();
    }
}
