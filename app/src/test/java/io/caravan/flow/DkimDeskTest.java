package io.caravan.flow;

import java.io.ByteArrayOutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

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
import io.caravan.mailauth.SigningAlgorithm;
import io.caravan.transport.Resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Keys as people turn them, with a DNS that answers what a test has published. */
class DkimDeskTest {

    private static final Map<String, String> PUBLISHED = new ConcurrentHashMap<>();
    private static final DkimKeys KEYS = TestLedgers.on(TestDatabase.fresh(), Clock.systemUTC())
            .getBean(DkimKeys.class);
    private static final KeySeal SEAL = new KeySeal(new byte[32]);
    private static final DkimSettings SETTINGS = new DkimSettings(Map.of("shop", "shop.example"),
            Map.of("shop.example", List.of("s1", "s2")), Duration.ofSeconds(1), Duration.ofDays(7));
    private static DatagramSocket dns;

    @BeforeAll
    static void listen() throws Exception {
        dns = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!dns.isClosed()) {
                answerOne();
            }
        });
    }

    @AfterAll
    static void close() {
        dns.close();
    }

    @Test
    void aKeySignsOnlyOnceItsRecordIsThere() {
        DkimDesk desk = desk(dns.getLocalPort());
        DkimDesk.Line key = desk.make("shop", SigningAlgorithm.RSA, null);
        assertThat(key.name()).isEqualTo("s1._domainkey.shop.example");
        assertThatThrownBy(() -> desk.activate("shop", "s1", false)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("the DNS has no TXT record at s1._domainkey.shop.example")
                .hasMessageContaining("activate it without asking the DNS");
        PUBLISHED.put(key.name(), "v=DKIM1; k=rsa; p=AAAA");
        assertThatThrownBy(() -> desk.activate("shop", "s1", false)).hasMessageContaining("is of another key");
        assertThat(desk.standing("shop").signing()).isEmpty();

        PUBLISHED.put(key.name(), key.record());
        desk.activate("shop", "s1", false);

        assertThat(desk.standing("shop.example").signing()).containsExactly("rsa s1");
        assertThat(key.zoneLine())
                .matches("s1\\._domainkey\\.shop\\.example\\. IN TXT \\( \"v=DKIM1; [^\"]{246}\" \"[^\"]+\" \\)");
        assertThat(key.zoneLine().replaceAll("\" \"", "")).contains(key.record());
    }

    @Test
    void aSilentDnsIsNoYes() {
        DkimDesk desk = desk(1);
        desk.make("silent.example", SigningAlgorithm.ED25519, "e1");

        assertThatThrownBy(() -> desk.activate("silent.example", "e1", false)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("gives no answer for e1._domainkey.silent.example");
        desk.activate("silent.example", "e1", true);

        assertThat(desk.standing("silent.example").signing()).containsExactly("ed25519 e1");
    }

    @Test
    void whoseSecretIsGoneIsReplacedByWhoSignsToday() {
        Instant begin = Instant.parse("2026-11-01T00:00:00Z");
        Instant turn = Instant.parse("2026-11-02T00:00:00Z");
        DkimKey lost = new DkimKey(1, "a.example", "a", "rsa", "", null, begin, begin, turn, turn);
        DkimKey next = new DkimKey(2, "a.example", "b", "rsa", "", new byte[1], begin, turn, null, null);
        DkimKey other = new DkimKey(3, "a.example", "e", "ed25519", "", new byte[1], begin, turn, null, null);
        List<DkimKey> all = List.of(lost, next, other);

        assertThat(KeyRing.keys(all, begin.minusSeconds(1))).isEmpty();
        assertThat(KeyRing.keys(all, begin)).containsExactly(next);
        assertThat(KeyRing.keys(all, turn)).containsExactly(next, other);
    }

    @Test
    void mailOfADomainThatSignsWaitsForAKeyAndNeverLeavesUnsigned() {
        DkimDesk desk = desk(1);
        KeyRing ring = new KeyRing(KEYS, SEAL, SETTINGS);
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

        assertThat(new String(new KeyRing(KEYS, SEAL, SETTINGS).sign("gap.example", mail, gap),
                StandardCharsets.US_ASCII)).contains("s=g2");
        assertThat(desk.standing("gap.example").held()).isFalse();
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

    private static DkimDesk desk(int port) {
        Resolver resolver = new Resolver(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)),
                Duration.ofSeconds(1), 0, System::nanoTime);
        return new DkimDesk(KEYS, SEAL, SETTINGS, new DnsRecords(resolver));
    }

    /** TXT in strings of at most 255 bytes; a name that is not published does not exist. */
    private static void answerOne() {
        try {
            DatagramPacket asked = new DatagramPacket(new byte[1024], 1024);
            dns.receive(asked);
            byte[] question = Arrays.copyOf(asked.getData(), asked.getLength());
            StringBuilder name = new StringBuilder();
            int at = 12;
            while (question[at] != 0) {
                name.append(name.isEmpty() ? "" : ".")
                        .append(new String(question, at + 1, question[at], StandardCharsets.US_ASCII));
                at += 1 + question[at];
            }
            byte[] text = PUBLISHED.getOrDefault(name.toString(), "").getBytes(StandardCharsets.US_ASCII);
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            answer.write(question, 0, 2);
            answer.writeBytes(new byte[]{(byte) 0x85, (byte) (text.length == 0 ? 0x83 : 0x80), 0, 1, 0,
                    (byte) (text.length == 0 ? 0 : 1), 0, 0, 0, 0});
            answer.write(question, 12, at + 5 - 12);
            if (text.length > 0) {
                int strings = (text.length + 254) / 255;
                answer.writeBytes(
                        ByteBuffer.allocate(12).putShort((short) 0xC00C).putShort((short) 16).putShort((short) 1)
                                .putInt(60).putShort((short) (text.length + strings)).array());
                for (int from = 0; from < text.length; from += 255) {
                    int length = Math.min(255, text.length - from);
                    answer.write(length);
                    answer.write(text, from, length);
                }
            }
            dns.send(new DatagramPacket(answer.toByteArray(), answer.size(), asked.getSocketAddress()));
        } catch (SocketException closed) {
            // the test is over
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
