package io.caravan.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;
import io.caravan.transport.ScriptedSink.Verb;

import static io.caravan.transport.ScriptedSink.drop;
import static io.caravan.transport.ScriptedSink.reply;
import static io.caravan.transport.ScriptedSink.replyAndClose;
import static io.caravan.transport.ScriptedSink.script;
import static io.caravan.transport.ScriptedSink.stall;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Straight to MX: which host gets a mail, and what becomes of it when none does. */
class MxTest extends MxFixture {

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
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)) // the mail's result comes a moment before
                .untilAsserted(() -> assertThat(post.transport.mxTroubles()).containsOnlyKeys("example.org"));
        ScriptedSink late = sink(2);
        assertThat(send("bo@example.org")).isInstanceOf(DeliveryResult.Deferred.class);
        assertThat(late.sessions()).isZero();

        await().until(() -> post.transport.mxTroubles().get("example.org").trialDue());
        assertThat(send("cy@example.org")).isInstanceOf(DeliveryResult.Accepted.class);
        assertThat(post.transport.mxTroubles()).isEmpty();
    }

    @Test
    void ipv6LeadingNowhereCostsNothing() throws IOException {
        ScriptedSink sink = sink(2);
        dns.withMx("example.org", 10, "mx.example.org", "127.0.0.2").with("mx.example.org", "AAAA", "::1");

        assertThat(send("ana@example.org")).isInstanceOf(DeliveryResult.Accepted.class);
        assertThat(sink.takenCount()).isEqualTo(1);
    }

    @Test
    void aHostWithIpv6AloneGetsTheMail() throws IOException {
        ScriptedSink sink = sink("::1", new ScriptedSink());
        dns.with("example.org", "MX", "10 six.example.org.").with("six.example.org", "AAAA", "::1");

        assertThat(send("ana@example.org")).isInstanceOf(DeliveryResult.Accepted.class);
        assertThat(sink.takenCount()).isEqualTo(1);
    }

    @Test
    void anAddressThatNeedsSmtpUtf8GoesWhereThatIsOfferedAndIsRefusedForGoodElsewhere() throws IOException {
        ScriptedSink able = sink(2);
        sink(3).offering("PIPELINING", "8BITMIME");
        dns.withMx("able.example", 10, "mx.able.example", "127.0.0.2").withMx("old.example", 10, "mx.old.example",
                "127.0.0.3");

        assertThat(post.send(mail("añä@able.example"))).isInstanceOf(DeliveryResult.Accepted.class);
        assertThat(able.transcript(0)).anyMatch(line -> line.startsWith("C: MAIL") && line.endsWith(" SMTPUTF8"));
        DeliveryResult refused = post.send(mail("añä@old.example"));
        assertThat(refused).isInstanceOf(DeliveryResult.Bounced.class);
        assertThat(refused.status()).isEqualTo("5.6.7");
        assertThat(refused.reply()).contains("SMTPUTF8", "mx.old.example");
        assertThat(refused.reason()).startsWith("soft");
    }

    @Test
    void whatABackupCannotTakeWaitsForTheHostThatComesBeforeIt() throws IOException {
        sink(2).always(script().on(Verb.GREETING, replyAndClose("421 busy")));
        sink(3).offering("PIPELINING", "8BITMIME");
        sink(4).offering("PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 20");
        dns.withMx("one.example", 10, "mx1.example", "127.0.0.2").withMx("one.example", 20, "old.example", "127.0.0.3")
                .withMx("two.example", 10, "mx1.example", "127.0.0.2")
                .withMx("two.example", 20, "small.example", "127.0.0.4");

        DeliveryResult utf8 = post.send(mail("añä@one.example"));
        assertThat(utf8).isInstanceOf(DeliveryResult.Deferred.class);
        assertThat(utf8.status()).isEqualTo("4.6.7");
        assertThat(utf8.host()).isEqualTo("old.example");
        assertThat(utf8.reason()).contains("SMTPUTF8", "old.example");
        DeliveryResult large = send("ana@two.example");
        assertThat(large).isInstanceOf(DeliveryResult.Deferred.class);
        assertThat(large.status()).isEqualTo("4.3.4");
        assertThat(large.reason()).contains("mails up to 20 bytes");
    }

    @Test
    void aDeferralNamesTheHostWhoseReplyItHas() throws IOException {
        sink(3).always(script().on(Verb.GREETING, replyAndClose("451 4.7.1 throttled")));
        dns.withMx("example.org", 10, "mx1.example.org", "127.0.0.2").withMx("example.org", 20, "mx2.example.org",
                "127.0.0.3");

        DeliveryResult result = send("ana@example.org");
        assertThat(result.reply()).isEqualTo("451 4.7.1 throttled");
        assertThat(result.host()).isEqualTo("mx2.example.org");
    }

    @Test
    void aHostThatRefusesOneDomainsTlsInAReplyIsNoReasonToHoldItsOthers() throws IOException {
        post.close();
        Dns resolver = new Resolver(List.of(dns.address()), dnsTimeout, 10_000, System::nanoTime);
        MxRouting routing = new MxRouting(resolver, new Providers(List.of()), special, System::nanoTime);
        TlsPolicies tls = new TlsPolicies(Tls.OPPORTUNISTIC, Map.of("strict.example", Tls.REQUIRED), null, null);
        post = new Post(new Transport.Settings("caravan.example", bind, QUICK, 2000),
                new Transport.Mx(routing, resolver,
                        port, 20, reuse, Duration.ofMillis(500), check, tls, TlsLog.NONE));
        sink(2).offering("PIPELINING", "STARTTLS")
                .always(script().on(Verb.STARTTLS, reply("454 4.7.0 TLS not available")));
        dns.withMx("strict.example", 10, "mx.host.test", "127.0.0.2").withMx("other.example", 10, "mx.host.test",
                "127.0.0.2");

        assertThat(send("ana@other.example")).isInstanceOf(DeliveryResult.Accepted.class);
        await().until(() -> post.transport.openConnections() == 0);
        DeliveryResult refused = send("ana@strict.example");
        assertThat(refused).isInstanceOf(DeliveryResult.Deferred.class);
        assertThat(refused.status()).isEqualTo("4.7.4");
        assertThat(post.transport.mxTroubles()).isEmpty();
    }

    @Test
    void aHostThatTakesConnectionsAndNoMailIsFoundOutOnceForAll() throws IOException {
        ScriptedSink sink = sink(2).always(script().on(Verb.MAIL, drop()));
        dns.withMx("example.org", 10, "mx.example.org", "127.0.0.2");
        List<Cleared> mails = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            mails.add(post.mx("p" + i + "@example.org"));
        }

        assertThat(post.sendAll(mails)).allSatisfy(result -> {
            assertThat(result).isInstanceOf(DeliveryResult.Deferred.class);
            assertThat(result.reason()).contains("mx.example.org [127.0.0.2]: ");
        });
        assertThat(sink.sessions()).isLessThan(10);
    }

    @Test
    void aRefusalOfTheSessionForGoodIsTheAnswerToEachMailThatWaited() throws IOException {
        sink(2).always(script().on(Verb.GREETING, replyAndClose("554 5.7.1 blocked")));
        dns.withMx("example.org", 10, "mx.example.org", "127.0.0.2");
        List<Cleared> mails = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            mails.add(post.mx("p" + i + "@example.org"));
        }

        List<DeliveryResult> results = post.sendAll(mails);

        assertThat(results).hasSize(50).allMatch(DeliveryResult.Deferred.class::isInstance)
                .extracting(DeliveryResult::reply).containsOnly("554 5.7.1 blocked");
        assertThat(results).extracting(DeliveryResult::host).containsOnly("mx.example.org");
    }

    @ParameterizedTest
    @CsvSource({"GREETING", "EHLO", "MAIL", "RCPT", "DATA"})
    void anAnswerToASessionIsTheReplyOfOneMailAndTheReasonOfAllThatWaited(Verb at) throws IOException {
        ScriptedSink sink = sink(2).always(script().on(at, replyAndClose("421 4.3.2 too busy")));
        dns.withMx("example.org", 10, "mx.example.org", "127.0.0.2");
        List<Cleared> mails = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            mails.add(post.mx("p" + i + "@example.org"));
        }

        List<DeliveryResult.Deferred> results = post.sendAll(mails).stream()
                .map(result -> (DeliveryResult.Deferred) result).toList();

        assertThat(results).extracting(DeliveryResult.Deferred::reason).allMatch(why -> why.contains("too busy"));
        List<DeliveryResult.Deferred> answered = results.stream().filter(result -> !result.reply().isEmpty()).toList();
        assertThat(answered).isNotEmpty().allSatisfy(result -> {
            assertThat(result.reply()).isEqualTo("421 4.3.2 too busy");
            assertThat(result.host()).isEqualTo("mx.example.org");
        });
        assertThat(answered.size() + post.turnedAway.size()).as("each answer counts once").isEqualTo(sink.sessions());
    }

    @Test
    void aMailWhoseProviderIsNotTheOneItWasPlannedForGoesBackUntried() throws IOException {
        post.close();
        check = (mail, provider) -> mail.envelope().recipient().domain().equals("moved.example")
                ? "of " + provider + " now"
                : null;
        post = post(QUICK, 20, List.of());
        ScriptedSink sink = sink(2);
        dns.withMx("moved.example", 10, "mx.host.test", "127.0.0.2").withMx("same.example", 10, "mx.host.test",
                "127.0.0.2");

        assertThat(send("ana@moved.example")).isEqualTo(new DeliveryResult.NotTried("of host.test now"));
        assertThat(send("ana@same.example")).isInstanceOf(DeliveryResult.Accepted.class);
        assertThat(sink.takenCount()).isEqualTo(1);
    }

    @Test
    void aSourceAddressOfOneFamilyReachesNoHostOfTheOther() throws IOException {
        post.close();
        bind = List.of(InetAddress.getByName("::1"));
        post = post(QUICK, 20, List.of());
        ScriptedSink sink = sink(2);
        dns.withMx("four.example", 10, "mx.four.example", "127.0.0.2");

        assertThat(send("ana@four.example").reason())
                .isEqualTo("mx.four.example has no address of the family that caravan.bind has");

        post.close();
        bind = List.of(InetAddress.getByName("::1"), InetAddress.getByName("127.0.0.9"));
        post = post(QUICK, 20, List.of());
        assertThat(send("bo@four.example")).isInstanceOf(DeliveryResult.Accepted.class);
        assertThat(sink.peers()).containsExactly("127.0.0.9");
    }
}
