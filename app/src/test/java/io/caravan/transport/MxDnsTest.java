package io.caravan.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.caravan.mail.BounceClass;
import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;
import io.caravan.transport.LocalDns.Fault;

import static io.caravan.transport.ScriptedSink.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Straight to MX: what the DNS says of a domain, and what becomes of its mail when it says nothing. */
class MxDnsTest extends MxFixture {

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
    void aHostAtAnAddressOfThisMachineGetsNoMailWhetherItIsFoundOutBeforeOrWhileConnecting() throws IOException {
        post.close();
        special = SpecialAddresses.REFUSE;
        post = post(QUICK, 20, List.of());
        ScriptedSink sink = sink(2);
        dns.withMx("example.org", 10, "mx.example.org", "127.0.0.2").with("example.net", "MX", "10 gone.example.net.")
                .withMx("example.net", 20, "mx.example.net", "127.0.0.2");

        assertThat(send("ana@example.org")).isInstanceOfSatisfying(DeliveryResult.Bounced.class, bounced -> {
            assertThat(bounced.reason()).isEqualTo("soft 5.4.4");
            assertThat(bounced.reply()).contains("mx.example.org is 127.0.0.2 (loopback)");
        });
        assertThat(send("ana@example.net")).isInstanceOf(DeliveryResult.Deferred.class)
                .extracting(DeliveryResult::reason).asString()
                .contains("gone.example.net has no address", "mx.example.net is 127.0.0.2 (loopback)");
        assertThat(sink.sessions()).isZero();
    }

    /** Legal in the DNS (RFC 2181 section 11), and twice as long as a host's name when written. */
    @Test
    void whatIsNoHostNameIsNoMailExchangerAndADomainWithNoOtherIsRefusedAtOnce() throws IOException {
        ScriptedSink sink = sink(2);
        String wild = "\\255".repeat(63) + "." + "\\255".repeat(63) + ".example.org";
        dns.withMx("evil.example", 10, wild, "127.0.0.2").with("evil.example", "MX", "20 a\\.b.example.org.")
                .withMx("mixed.example", 10, wild, "127.0.0.2")
                .withMx("mixed.example", 20, "mx_1.mixed.example", "127.0.0.2");

        assertThat(send("ana@evil.example")).isInstanceOfSatisfying(DeliveryResult.Bounced.class, bounced -> {
            assertThat(bounced.reason()).isEqualTo("soft 5.4.4");
            assertThat(bounced.reply()).startsWith("evil.example names no mail exchanger that is a host name, but ");
            assertThat(bounced.reply().length()).isLessThanOrEqualTo(400);
        });
        assertThat(send("ana@mixed.example").host()).isEqualTo("mx_1.mixed.example");
        assertThat(sink.takenCount()).isEqualTo(1);
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
    void aNullMxBesideOthersDoesNotCount() throws IOException { // RFC 7505 section 3 forbids it: what can take mail gets it
        ScriptedSink sink = sink(2);
        dns.with("example.org", "MX", "0 .").withMx("example.org", 10, "mx.example.org", "127.0.0.2");

        assertThat(send("ana@example.org").host()).isEqualTo("mx.example.org");
        assertThat(sink.takenCount()).isEqualTo(1);
    }

    @Test
    void anAliasInAMailExchangersPlaceIsFollowed() throws IOException {
        ScriptedSink sink = sink(2);
        dns.with("example.org", "MX", "10 mx.example.org.").with("mx.example.org", "CNAME", "real.example.net.")
                .with("real.example.net", "A", "127.0.0.2");

        assertThat(send("ana@example.org")).isInstanceOf(DeliveryResult.Accepted.class);
        assertThat(sink.takenCount()).isEqualTo(1);
    }

    @Test
    void mailExchangersThatLeadToNothingAreADeferralThatNamesThem() {
        dns.with("example.org", "MX", "10 gone.example.org.").with("example.org", "A", "127.0.0.2");

        DeliveryResult result = send("ana@example.org");

        assertThat(result).isInstanceOf(DeliveryResult.Deferred.class);
        assertThat(result.reason()).contains("gone.example.org has no address");
    }

    @Test
    void aDomainThatNamesHostsWithoutEndIsGivenUpInTime() {
        for (int i = 0; i < 30; i++) {
            dns.with("example.org", "MX", i + " h" + i + ".example.org.").failing("h" + i + ".example.org",
                    Fault.SILENCE);
        }

        DeliveryResult result = send("ana@example.org");

        assertThat(result).isInstanceOf(DeliveryResult.Deferred.class);
        assertThat(result.reason()).contains("h0.example.org");
        assertThat(dns.asked("h29.example.org", "A")).isZero();
    }

    @ParameterizedTest
    @CsvSource({"SERVFAIL", "REFUSED", "SILENCE", "REFERRAL"})
    void whenTheDnsFailsTheMailIsDeferredAndNeverBounced(Fault fault) throws IOException {
        sink(2);
        dns.withMx("example.org", 10, "mx.example.org", "127.0.0.2").failing("example.org", fault);

        DeliveryResult result = send("ana@example.org");

        assertThat(result).isInstanceOf(DeliveryResult.Deferred.class);
        assertThat(result.status()).isEqualTo("4.4.3");
        assertThat(result.reason()).contains("the DNS server 127.0.0.1:" + dns.port(), "example.org");
    }

    /** As of a filter, a captive portal, or a server that keeps names back: nobody must lose an address for good by it. */
    @ParameterizedTest
    @CsvSource({"NO_SOA", "SOA_OF_A_FILTER"})
    void whatNoZoneVouchesForIsDeferredAndNeverBounced(Fault fault) {
        dns.with("empty.example", "TXT", "x").failing(fault);

        for (String domain : List.of("gone.example", "empty.example")) {
            DeliveryResult result = send("ana@" + domain);
            assertThat(result).as(domain).isInstanceOf(DeliveryResult.Deferred.class);
            assertThat(result.status()).isEqualTo("4.4.3");
            assertThat(result.reason()).contains("the DNS server 127.0.0.1:" + dns.port() + " says that " + domain,
                    "the answer names no zone that says so");
        }
        assertThat(send("ana@gone.example").reason()).contains("gone.example does not exist");
        assertThat(send("ana@empty.example").reason()).contains("empty.example has no MX");
    }

    @ParameterizedTest
    @CsvSource({"MX", "A", "AAAA"})
    void aDomainHasNoServiceForCertainOnlyIfEveryDenialOnTheWayThereIs(String type) {
        dns.with("empty.example", "TXT", "x").failing("empty.example", type, Fault.NO_SOA);

        assertThat(send("ana@empty.example")).isInstanceOf(DeliveryResult.Deferred.class)
                .extracting(DeliveryResult::reason).asString().contains("empty.example has no " + type + ", but");
    }

    @Test
    void theRootVouchesForATopLevelDomainThatDoesNotExistAndForNoName() {
        dns.with("empty.example", "TXT", "x").failing(Fault.SOA_OF_THE_ROOT);

        assertBounced(send("ana@gone.exampel"), "5.1.2");
        assertThat(send("ana@empty.example")).isInstanceOf(DeliveryResult.Deferred.class);
    }

    @Test
    void aDomainThatIsAnAliasIsDeadWhenTheZoneOfItsTargetSaysSo() {
        dns.with("old.example", "CNAME", "gone.elsewhere.test.").with("kept.example", "CNAME", "gone.elsewhere.test.")
                .failing("kept.example", Fault.NO_SOA);

        assertBounced(send("ana@old.example"), "5.1.2");
        assertThat(send("ana@kept.example")).isInstanceOf(DeliveryResult.Deferred.class);
    }

    @Test
    void aDomainWithoutMxThatNobodyVouchesForStillHasItsOwnHost() throws IOException {
        ScriptedSink sink = sink(2);
        dns.with("host.example", "A", "127.0.0.2").failing("host.example", Fault.NO_SOA);

        assertThat(send("ana@host.example")).isInstanceOf(DeliveryResult.Accepted.class);
        assertThat(sink.takenCount()).isEqualTo(1);
    }

    @Test
    void aDomainWhoseDnsIsSilentHoldsUpNobodyElseHoweverMuchMailItHas() throws Exception {
        post.close();
        dnsTimeout = Duration.ofSeconds(3);
        post = post(QUICK, 20, List.of());
        ScriptedSink sink = sink(2);
        dns.failing("silent.example", Fault.SILENCE).withMx("example.org", 10, "mx.example.org", "127.0.0.2");
        List<Cleared> many = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            many.add(post.mx("p" + i + "@silent.example"));
        }
        CompletableFuture<List<DeliveryResult>> waiting = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> waiting.complete(post.sendAll(many)));
        await().until(() -> dns.asked("silent.example", "MX") > 0 && post.transport.queued() == 150);

        assertThat(send("ana@example.org")).isInstanceOf(DeliveryResult.Accepted.class);
        assertThat(waiting).isNotDone();
        assertThat(waiting.get(20, TimeUnit.SECONDS)).hasSize(150).allMatch(DeliveryResult.Deferred.class::isInstance);
        assertThat(sink.takenCount()).isEqualTo(1);
    }

    @Test
    void aDomainOfAnotherScriptIsLookedUpAndSentToAsItsALabel() throws IOException {
        ScriptedSink sink = sink(2);
        dns.withMx("xn--mller-kva.example", 10, "mx.example", "127.0.0.2");

        assertThat(post.send(mail("ana@müller.example"))).isInstanceOf(DeliveryResult.Accepted.class);
        assertThat(sink.taken().getFirst().recipient()).isEqualTo("ana@xn--mller-kva.example");
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
