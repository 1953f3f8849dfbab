package io.caravan.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.caravan.mail.BounceClass;
import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.EmailAddress;
import io.caravan.transport.LocalDns.Fault;
import io.caravan.transport.ScriptedSink.Verb;

import static io.caravan.transport.ScriptedSink.drop;
import static io.caravan.transport.ScriptedSink.replyAndClose;
import static io.caravan.transport.ScriptedSink.script;
import static io.caravan.transport.ScriptedSink.stall;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Straight to MX: hosts on several loopback addresses, all on one port, and a DNS of their own. */
class MxTest {

    private static final Waits QUICK = Post.SCALED.idlingAtMost(Duration.ofMillis(100));

    private final LocalDns dns = new LocalDns();
    private final Map<String, ScriptedSink> sinks = new HashMap<>();
    private int port;
    private Post post;
    private Reuse reuse = new Reuse(100, Duration.ofMinutes(5));
    private ProviderCheck check = ProviderCheck.NONE;

    @BeforeEach
    void start() throws IOException {
        dns.start();
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress("127.0.0.1", 0));
            port = probe.getLocalPort();
        }
        post = post(QUICK, 20, List.of());
    }

    @AfterEach
    void stop() throws IOException {
        post.close();
        post.assertAgreesWith(sinks.values().toArray(ScriptedSink[]::new));
        for (ScriptedSink sink : sinks.values()) {
            sink.close();
        }
        dns.close();
    }

    private Post post(Waits waits, int connections, List<Providers.Rule> rules) {
        Dns resolver = new Resolver(List.of(dns.address()), Duration.ofMillis(300), 10_000, System::nanoTime);
        MxRouting routing = new MxRouting(resolver, new Providers(rules), System::nanoTime);
        return new Post(waits,
                new Transport.Mx(routing, resolver, port, connections, reuse, Duration.ofMillis(500), check), 2000);
    }

    private ScriptedSink sink(int n) throws IOException {
        ScriptedSink sink = new ScriptedSink().start("127.0.0." + n, port);
        sinks.put("127.0.0." + n, sink);
        return sink;
    }

    private DeliveryResult send(String to) {
        return post.send(post.mx(to));
    }

    @Test
    void theMostPreferredHostGetsTheMail() throws IOException {
        ScriptedSink first = sink(2);
        ScriptedSink second = sink(3);
        dns.withMx("example.org", 20, "mx2.example.org", "127.0.0.3").withMx("example.org", 10, "mx1.example.org",
                "127.0.0.2");

        assertThat(send("ana@example.org"))
                .isEqualTo(new DeliveryResult.Accepted("mx1.example.org", "2.0.0", "250 2.0.0 queued"));
        assertThat(first.takenCount()).isEqualTo(1);
        assertThat(second.sessions()).isZero();
    }

    @Test
    void equalHostsShareTheMail() throws IOException {
        ScriptedSink one = sink(2).always(script());
        ScriptedSink two = sink(3);
        dns.withMx("example.org", 10, "mx1.example.org", "127.0.0.2").withMx("example.org", 10, "mx2.example.org",
                "127.0.0.3");

        for (int i = 0; i < 40 && (one.takenCount() == 0 || two.takenCount() == 0); i++) {
            send("ana" + i + "@example.org");
            await().until(() -> post.transport.openConnections() == 0);
        }

        assertThat(one.takenCount()).isPositive();
        assertThat(two.takenCount()).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"closed", "greets with 554", "greets with 421", "hangs up", "says nothing", "drops at MAIL",
            "421 at MAIL"})
    void aHostThatGivesNoServiceIsLeftForTheNextWithinTheAttempt(String fault) throws IOException {
        switch (fault) {
            case "closed" -> {
            }
            case "greets with 554" -> sink(2).always(script().on(Verb.GREETING, replyAndClose("554 no service")));
            case "greets with 421" -> sink(2).always(script().on(Verb.GREETING, replyAndClose("421 busy")));
            case "hangs up" -> sink(2).always(script().on(Verb.GREETING, drop()));
            case "says nothing" -> sink(2).always(script().on(Verb.GREETING, stall()));
            case "drops at MAIL" -> sink(2).always(script().on(Verb.MAIL, drop()));
            default -> sink(2).always(script().on(Verb.MAIL, replyAndClose("421 4.3.2 going down")));
        }
        ScriptedSink second = sink(3);
        dns.withMx("example.org", 10, "mx1.example.org", "127.0.0.2").withMx("example.org", 20, "mx2.example.org",
                "127.0.0.3");

        assertThat(send("ana@example.org")).isInstanceOf(DeliveryResult.Accepted.class)
                .extracting(DeliveryResult::host).isEqualTo("mx2.example.org");
        assertThat(second.takenCount()).isEqualTo(1);
    }

    @Test
    void whenNoHostGivesServiceTheMailIsDeferredAndSoIsWhatComesMeanwhileWithoutATry() throws IOException {
        dns.withMx("example.org", 10, "mx1.example.org", "127.0.0.2").with("example.org", "MX", "20 mx2.example.org.");

        DeliveryResult first = send("ana@example.org");
        assertThat(first).isInstanceOf(DeliveryResult.Deferred.class);
        assertThat(first.reason()).contains("mx1.example.org [127.0.0.2]: cannot connect",
                "mx2.example.org has no address");
        assertThat(post.transport.mxDown()).containsOnlyKeys("example.org");
        ScriptedSink late = sink(2);
        assertThat(send("bo@example.org")).isInstanceOf(DeliveryResult.Deferred.class);
        assertThat(late.sessions()).isZero();

        await().until(() -> post.transport.mxDown().isEmpty());
        assertThat(send("cy@example.org")).isInstanceOf(DeliveryResult.Accepted.class);
    }

    @Test
    void aNullMxAndADomainThatDoesNotExistAreHardBouncesWithoutATry() throws IOException {
        ScriptedSink sink = sink(2);
        dns.with("null.example", "MX", "0 .").with("null.example", "A", "127.0.0.2").with("empty.example", "TXT", "x");

        assertBounced(send("ana@null.example"), "5.1.10");
        assertBounced(send("ana@nowhere.example"), "5.1.2");
        assertBounced(send("ana@empty.example"), "5.4.4");
        assertThat(sink.sessions()).isZero();
    }

    private static void assertBounced(DeliveryResult result, String status) {
        assertThat(result).isInstanceOfSatisfying(DeliveryResult.Bounced.class, bounced -> {
            assertThat(bounced.status()).isEqualTo(status);
            assertThat(bounced.bounceClass()).isEqualTo(BounceClass.HARD);
            assertThat(bounced.reply()).isNotEmpty();
        });
    }

    @Test
    void withoutMxTheDomainIsItsOwnHost() throws IOException {
        ScriptedSink sink = sink(2);
        dns.with("host.example", "A", "127.0.0.2");

        assertThat(send("ana@host.example").host()).isEqualTo("host.example");
        assertThat(sink.takenCount()).isEqualTo(1);
    }

    @Test
    void anAddressInBracketsIsGoneToWithoutTheDns() throws IOException {
        ScriptedSink sink = sink(2);

        assertThat(send("ana@[127.0.0.2]")).isInstanceOf(DeliveryResult.Accepted.class);
        assertThat(sink.takenCount()).isEqualTo(1);
        assertThat(dns.asked()).isZero();
    }

    @Test
    void ipv6LeadingNowhereCostsNothing() throws IOException {
        ScriptedSink sink = sink(2);
        dns.withMx("example.org", 10, "mx.example.org", "127.0.0.2").with("mx.example.org", "AAAA", "::1");

        assertThat(send("ana@example.org")).isInstanceOf(DeliveryResult.Accepted.class);
        assertThat(sink.takenCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"SERVFAIL", "REFUSED", "SILENCE"})
    void whenTheDnsFailsTheMailIsDeferredAndNeverBounced(Fault fault) throws IOException {
        sink(2);
        dns.withMx("example.org", 10, "mx.example.org", "127.0.0.2").failing("example.org", fault);

        DeliveryResult result = send("ana@example.org");

        assertThat(result).isInstanceOf(DeliveryResult.Deferred.class);
        assertThat(result.status()).isEqualTo("4.4.3");
        assertThat(result.reason()).contains("the DNS server 127.0.0.1:" + dns.port(), "example.org");
    }

    @Test
    void aDomainOfAnotherScriptIsLookedUpAndSentToAsItsALabel() throws IOException {
        ScriptedSink sink = sink(2);
        dns.withMx("xn--mller-kva.example", 10, "mx.example", "127.0.0.2");

        assertThat(post.send(mx("ana@müller.example"))).isInstanceOf(DeliveryResult.Accepted.class);
        assertThat(sink.taken().getFirst().recipient()).isEqualTo("ana@xn--mller-kva.example");
    }

    @Test
    void anAddressThatNeedsSmtpUtf8GoesWhereThatIsOfferedAndIsRefusedForGoodElsewhere() throws IOException {
        ScriptedSink able = sink(2);
        sink(3).offering("PIPELINING", "8BITMIME");
        dns.withMx("able.example", 10, "mx.able.example", "127.0.0.2").withMx("old.example", 10, "mx.old.example",
                "127.0.0.3");

        assertThat(post.send(mx("añä@able.example"))).isInstanceOf(DeliveryResult.Accepted.class);
        assertThat(able.transcript(0)).anyMatch(line -> line.startsWith("C: MAIL") && line.endsWith(" SMTPUTF8"));
        DeliveryResult refused = post.send(mx("añä@old.example"));
        assertThat(refused).isInstanceOf(DeliveryResult.Bounced.class);
        assertThat(refused.status()).isEqualTo("5.6.7");
        assertThat(refused.reply()).contains("SMTPUTF8", "mx.old.example");
        assertThat(refused.reason()).startsWith("soft");
    }

    private Cleared mx(String written) {
        return post.mail(EmailAddress.parse(written), Transport.MX);
    }

    @Test
    void domainsWithTheSameHostsShareConnectionsAndAProviderHasNoMoreThanItsShare() throws IOException {
        post.close();
        post = post(Waits.RFC_5321, 50, List.of(new Providers.Rule("big", List.of("big.test"), List.of(), 3)));
        ScriptedSink sink = sink(2).quiet().delayingDot(Duration.ofMillis(5));
        for (int i = 0; i < 10; i++) {
            dns.withMx("d" + i + ".example", 10, i < 5 ? "mx.big.test" : "alt" + i + ".big.test", "127.0.0.2");
        }
        List<Cleared> mails = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            mails.add(post.mx("p" + i + "@d" + i % 10 + ".example"));
        }

        assertThat(post.sendAll(mails)).allMatch(DeliveryResult.Accepted.class::isInstance);
        assertThat(sink.takenCount()).isEqualTo(300);
        assertThat(sink.mostOpenSessions()).isBetween(2, 3);
    }

    @Test
    void fiveHundredDomainsOnTwentyHostsEachGetTheirsOnceWithinTheLimitOfConnections() throws IOException {
        post.close();
        post = post(Waits.RFC_5321, 12, List.of());
        for (int host = 2; host < 22; host++) {
            sink(host).quiet();
        }
        for (int i = 0; i < 500; i++) {
            dns.withMx("d" + i + ".example", 10, "mx.host" + i % 20 + ".test", "127.0.0." + (2 + i % 20));
        }
        List<Cleared> mails = new ArrayList<>();
        for (int i = 0; i < 1500; i++) {
            mails.add(post.mx("p" + i + "@d" + i % 500 + ".example"));
        }

        assertThat(post.sendAll(mails)).allMatch(DeliveryResult.Accepted.class::isInstance);
        List<String> taken = sinks.values().stream().flatMap(sink -> sink.taken().stream())
                .map(ScriptedSink.Taken::recipient).toList();
        assertThat(taken).hasSize(1500);
        assertThat(new HashSet<>(taken)).hasSize(1500);
        assertThat(post.transport.openConnections()).isLessThanOrEqualTo(12);
    }

    @Test
    void hostsThatDoNotAnswerHoldUpNobodyElse() throws IOException {
        post.close();
        Waits patient = Waits.RFC_5321;
        post = post(patient, 4, List.of());
        for (int i = 0; i < 20; i++) { // five times as many as there are connections
            dns.withMx("dead" + i + ".example", 10, "mx.dead" + i + ".test", "127.0.1." + i);
            ScriptedSink silent = new ScriptedSink().always(script().on(Verb.GREETING, stall())).start("127.0.1." + i,
                    port);
            sinks.put("127.0.1." + i, silent);
        }
        ScriptedSink good = sink(2);
        dns.withMx("good.example", 10, "mx.good.example", "127.0.0.2");
        for (int i = 0; i < 20; i++) {
            post.offer(post.mx("ana@dead" + i + ".example"));
        }
        await().until(() -> sinks.values().stream().mapToInt(ScriptedSink::openSessions).sum() >= 4);

        long began = System.nanoTime();
        DeliveryResult result = send("bo@good.example");

        assertThat(result).isInstanceOf(DeliveryResult.Accepted.class);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
        assertThat(good.takenCount()).isEqualTo(1);
        for (ScriptedSink sink : sinks.values()) {
            if (sink != good) {
                sink.close(); // they would have their five minutes
            }
        }
        post.awaitReplies(21);
    }

    @Test
    void lanesAndConnectionsAreGoneWhenThereIsNoMail() throws IOException {
        ScriptedSink sink = sink(2);
        dns.withMx("example.org", 10, "mx.example.org", "127.0.0.2");

        send("ana@example.org");

        await().until(() -> sink.openSessions() == 0 && post.transport.mxStanding().isEmpty());
        assertThat(send("bo@example.org")).isInstanceOf(DeliveryResult.Accepted.class);
    }

    @Test
    void whatIsBeingLookedUpWhenTheSenderStopsWasNotTried() throws IOException {
        dns.delaying(Duration.ofSeconds(2)).withMx("example.org", 10, "mx.example.org", "127.0.0.2");
        Cleared mail = post.mx("ana@example.org");
        post.offer(mail);

        post.transport.stop(Duration.ofSeconds(1));

        assertThat(post.result(mail)).isEqualTo(Transport.STOPPING);
    }
}
