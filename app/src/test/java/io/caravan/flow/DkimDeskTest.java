package io.caravan.flow;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;
import io.caravan.identity.DkimKey;
import io.caravan.identity.DkimKeys;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.TemporaryFault;
import io.caravan.mailauth.KeySeal;
import io.caravan.mailauth.NewKey;
import io.caravan.mailauth.SigningAlgorithm;
import io.caravan.transport.LocalDns;
import io.caravan.transport.Resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Keys as people turn them, with a DNS that answers what a test has published. */
class DkimDeskTest {

    private static final DkimKeys KEYS = TestLedgers.on(TestDatabase.fresh(), Clock.systemUTC())
            .getBean(DkimKeys.class);
    private static final KeySeal SEAL = new KeySeal(new byte[32]);
    private static final Duration TRIED = Duration.ofDays(3);
    private static final DkimSettings SETTINGS = new DkimSettings(Map.of("shop", "shop.example"),
            Map.of("shop.example", List.of("s1", "s2")), Duration.ofSeconds(1), TRIED,
            Duration.ofDays(4));
    private static LocalDns dns;

    @BeforeAll
    static void listen() throws Exception {
        dns = new LocalDns().start();
    }

    @AfterAll
    static void close() throws Exception {
        dns.close();
    }

    @Test
    void aKeySignsOnlyOnceItsRecordIsThere() {
        DkimDesk desk = desk(dns.port());
        DkimDesk.Line key = desk.make("shop", SigningAlgorithm.RSA, null);
        assertThat(key.name()).isEqualTo("s1._domainkey.shop.example");
        refuses(desk, key, "at s1._domainkey.shop.example in the DNS there is no TXT record");
        publish(key.name(), key.record().replaceFirst("p=.*", "p="));
        refuses(desk, key, "the key is revoked");
        publish(key.name(), key.record().replace("k=rsa", "k=ed25519"));
        refuses(desk, key, "for keys of type 'ed25519'");
        publish(key.name(), key.record(), "v=spf1 -all");
        refuses(desk, key, "there are 2 TXT records");
        publish(key.name(), "v=DKIM1; s=tlsrpt; p=" + NewKey.make(SigningAlgorithm.RSA).published());
        refuses(desk, key, "not for mail");
        publish(key.name(), "v=DKIM1; p=" + NewKey.make(SigningAlgorithm.RSA).published());
        refuses(desk, key, "is of another key");
        assertThat(desk.standing("shop").signing()).isEmpty();

        publish(key.name(), key.record().replaceFirst("k=rsa; p=(.{50})", "t=s; p=$1 "));
        desk.activate("shop", "s1", false);

        assertThat(desk.standing("shop.example").signing()).containsExactly("rsa s1");
        assertThat(key.zoneLine())
                .matches("s1\\._domainkey\\.shop\\.example\\. IN TXT \\( \"v=DKIM1; [^\"]{246}\" \"[^\"]+\" \\)");
        assertThat(key.zoneLine().replaceAll("\" \"", "")).contains(key.record());
    }

    @Test
    void aDnsThatFailsSaysNothingOfTheRecord() {
        DkimDesk desk = desk(dns.port());
        DkimDesk.Line key = desk.make("silent.example", SigningAlgorithm.ED25519, "e1");
        publish(key.name(), key.record());
        for (LocalDns.Fault fault : List.of(LocalDns.Fault.SERVFAIL, LocalDns.Fault.SILENCE)) {
            dns.failing(key.name(), fault);
            assertThatThrownBy(() -> desk.activate("silent.example", "e1", false)).isInstanceOf(InvalidInput.class)
                    .hasMessageContaining(
                            "the DNS could not be asked for the TXT record at e1._domainkey.silent.example")
                    .hasMessageContaining(": try again, or").hasMessageNotContaining("put there");
        }
        desk.activate("silent.example", "e1", true);

        assertThat(desk.standing("silent.example").signing()).containsExactly("ed25519 e1");
    }

    @Test
    void whoseSecretIsGoneIsReplacedByWhoSignsToday() {
        Instant begin = Instant.parse("2026-11-01T00:00:00Z");
        Instant turn = Instant.parse("2026-11-02T00:00:00Z");
        DkimKey lost = new DkimKey(1, "a.example", "a", "rsa", "", null, begin, begin, turn, turn, null, true);
        DkimKey next = new DkimKey(2, "a.example", "b", "rsa", "", new byte[1], begin, turn, null, null, null, true);
        DkimKey other = new DkimKey(3, "a.example", "e", "ed25519", "", new byte[1], begin, turn, null, null, null,
                true);
        List<DkimKey> all = List.of(lost, next, other);

        assertThat(KeyRing.keys(all, begin.minusSeconds(1), turn, TRIED)).isEmpty();
        assertThat(KeyRing.keys(all, begin, turn, TRIED)).containsExactly(next);
        assertThat(KeyRing.keys(all, turn, turn, TRIED)).containsExactly(next, other);
    }

    @Test
    void mailOfADomainThatSignsWaitsForAKeyAndNeverLeavesUnsigned() {
        DkimDesk desk = desk(1);
        KeyRing ring = new KeyRing(KEYS, SEAL, SETTINGS, InstantSource.system());
        List<byte[]> mail = List.of("From: a@gap.example\r\n\r\nHello\r\n".getBytes(StandardCharsets.US_ASCII));
        Instant before = KEYS.databaseNow().minusSeconds(1);
        desk.make("gap.example", SigningAlgorithm.ED25519, "g1");
        KEYS.activate("gap.example", "g1", Duration.ZERO);
        assertThatThrownBy(() -> desk.retire("gap.example", "g1", false))
                .hasMessageContaining("activate another one first; if others have got it, then retire it at once");
        desk.retire("gap.example", "g1", true);
        Instant gap = KEYS.databaseNow();
        assertThat(desk.standing("gap.example").held()).isTrue();
        assertThat(ring.sign("gap.example", mail, before)).isEmpty();
        assertThatThrownBy(() -> ring.sign("gap.example", mail, gap)).isInstanceOf(TemporaryFault.class)
                .hasMessageContaining("activate a new one");

        desk.make("gap.example", SigningAlgorithm.ED25519, "g2");
        KEYS.activate("gap.example", "g2", Duration.ofSeconds(1));

        assertThat(new String(new KeyRing(KEYS, SEAL, SETTINGS, InstantSource.system()).sign("gap.example", mail, gap),
                StandardCharsets.US_ASCII)).contains("s=g2");
        assertThat(desk.standing("gap.example").held()).isFalse();
    }

    @Test
    void onTheOwnersWordHeldMailGoesUnsignedUntilALaterKeysTurn() {
        DkimDesk desk = desk(1);
        desk.make("no.example", SigningAlgorithm.ED25519, "n1");
        Instant first = KEYS.activate("no.example", "n1", Duration.ZERO);
        assertThatThrownBy(() -> desk.signNoMore("no.example")).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("the key n1 of no.example signs: retire it at once first");
        desk.retire("no.example", "n1", true);
        Instant held = KEYS.databaseNow();
        assertThat(DkimHealth.words(desk.standing("no.example"))).startsWith("held: ")
                .contains("or let its mail go unsigned with 'caravan dkim no.example unsigned'");
        assertThatThrownBy(() -> sign("no.example", held)).isInstanceOf(TemporaryFault.class)
                .hasMessageContaining("'caravan dkim no.example unsigned'");

        Instant givenUp = desk.signNoMore("no.example");

        assertThat(sign("no.example", held)).as("mail that was held").isEmpty();
        assertThat(sign("no.example", first)).as("a second attempt of what the lost key had signed").isEmpty();
        assertThat(sign("no.example", givenUp)).isEmpty();
        assertThat(desk.standing("no.example").held()).isFalse();
        assertThat(DkimHealth.words(desk.standing("no.example"))).startsWith("unsigned: signing was given up at ")
                .endsWith("; to sign again, make one with 'caravan dkim no.example new'");
        assertThatThrownBy(() -> desk.signNoMore("no.example")).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("leaves unsigned already");

        desk.make("no.example", SigningAlgorithm.ED25519, "n2");
        assertThat(sign("no.example", KEYS.databaseNow())).as("a key that is not in force").isEmpty();
        Instant again = KEYS.activate("no.example", "n2", Duration.ofSeconds(30));

        assertThat(sign("no.example", again)).contains("s=n2");
        assertThat(sign("no.example", held)).as("of before, and still here").contains("s=n2");
        assertThat(sign("no.example", givenUp)).as("what left unsigned is tried again as it was").isEmpty();
        assertThat(desk.standing("no.example").givenUp()).isNull();
        assertThat(DkimHealth.words(desk.standing("no.example"))).isEqualTo("signed with ed25519 n2");
    }

    @Test
    void whoGaveUpSigningAndTurnedToAKeyAgainIsAskedAgain() {
        DkimDesk desk = desk(1);
        desk.make("twice.example", SigningAlgorithm.ED25519, "t1");
        KEYS.activate("twice.example", "t1", Duration.ZERO);
        desk.retire("twice.example", "t1", true);
        desk.signNoMore("twice.example");
        desk.make("twice.example", SigningAlgorithm.ED25519, "early");
        KEYS.activate("twice.example", "early", Duration.ofHours(1));
        desk.retire("twice.example", "early", true);
        Instant later = KEYS.databaseNow().plus(Duration.ofHours(2));
        assertThat(sign("twice.example", later)).as("a key that never came to its turn changes nothing").isEmpty();

        desk.make("twice.example", SigningAlgorithm.ED25519, "t2");
        Instant turn = KEYS.activate("twice.example", "t2", Duration.ZERO);
        desk.retire("twice.example", "t2", true);

        assertThat(desk.standing("twice.example").held()).isTrue();
        assertThatThrownBy(() -> sign("twice.example", turn)).isInstanceOf(TemporaryFault.class);
        desk.signNoMore("twice.example");
        assertThat(sign("twice.example", turn)).isEmpty();
        assertThatThrownBy(() -> desk.signNoMore("never.example")).hasMessageContaining("leaves unsigned already");
    }

    private static String sign(String domain, Instant dated) {
        List<byte[]> mail = List.of("From: a@shop.example\r\n\r\nHello\r\n".getBytes(StandardCharsets.US_ASCII));
        return new String(new KeyRing(KEYS, SEAL, SETTINGS, InstantSource.system()).sign(domain, mail, dated),
                StandardCharsets.US_ASCII);
    }

    @Test
    void namesThatCannotBeAreRefused() {
        DkimDesk desk = desk(1);

        for (String selector : List.of("", "A", "-a", "a-", "a.b", "a b", "é", "a".repeat(64))) {
            assertThatThrownBy(() -> desk.make("shop", SigningAlgorithm.RSA, selector)).as(selector)
                    .hasMessageContaining("cannot be a selector");
        }
        for (String identity : List.of("", "nobody", "no body.example", "a..b", "x@y.example")) {
            assertThatThrownBy(() -> desk.list(identity)).as(identity).isInstanceOf(InvalidInput.class)
                    .hasMessageContaining("there is no identity");
        }
    }

    private static void refuses(DkimDesk desk, DkimDesk.Line key, String fault) {
        assertThatThrownBy(() -> desk.activate("shop", key.selector(), false)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining(fault).hasMessageContaining("at " + key.name() + " in the DNS")
                .hasMessageContaining("put there exactly one TXT record, " + key.record())
                .hasMessageContaining("activate it without asking the DNS");
    }

    /** In place of what was there. */
    private static void publish(String name, String... records) {
        dns.without(name);
        for (String record : records) {
            dns.with(name, "TXT", record.replaceAll("(.{1,255})", "\"$1\" "));
        }
    }

    private static DkimDesk desk(int port) {
        Resolver resolver = new Resolver(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)),
                Duration.ofSeconds(1), 0, System::nanoTime);
        return new DkimDesk(KEYS, SEAL, SETTINGS, new RecordCheck(new DnsRecords(resolver)));
    }
}
