package io.caravan.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.caravan.mail.DeliveryResult;
import io.caravan.transport.LocalDns.Fault;
import io.caravan.transport.ScriptedSink.Verb;

import static io.caravan.transport.ScriptedSink.replyAndClose;
import static io.caravan.transport.ScriptedSink.script;
import static io.caravan.transport.ScriptedSink.stall;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A backup is reached whatever way the first host is dead, with waits that stand to each other as the real ones do. */
class MxBackupTest extends MxFixture {

    private static final Waits WAITS = new Waits(Duration.ofMillis(800), Duration.ofSeconds(3), Duration.ofSeconds(3),
            Duration.ofSeconds(3), Duration.ofSeconds(3), Duration.ofSeconds(3), Duration.ofSeconds(6),
            Duration.ofMillis(100));

    private final List<AutoCloseable> held = new ArrayList<>();

    @BeforeEach
    void waitsLikeTheRealOnes() {
        post.close();
        post = post(WAITS, 20, List.of());
    }

    @AfterEach
    void free() throws Exception {
        for (AutoCloseable each : held) {
            each.close();
        }
    }

    private void dead(String address) throws IOException {
        held.add(new DarkHost(address, port));
    }

    private void assertTakenBy(DeliveryResult result, String host) {
        assertThat(result).isInstanceOf(DeliveryResult.Accepted.class);
        assertThat(result.host()).isEqualTo(host);
    }

    @Test
    void whenAllAddressesOfTheFirstAreSilent() throws IOException {
        dead("127.0.0.5");
        dead("127.0.0.6");
        dead("127.0.0.7");
        sink(3);
        dns.withMx("example.org", 10, "mx1.example.org", "127.0.0.5").with("mx1.example.org", "A", "127.0.0.6")
                .with("mx1.example.org", "A", "127.0.0.7").withMx("example.org", 20, "mx2.example.org", "127.0.0.3");

        assertTakenBy(send("ana@example.org"), "mx2.example.org");
    }

    @Test
    void whenTheFirstTakesConnectionsAndNeverGreets() throws IOException {
        ScriptedSink mute = sink(2).always(script().on(Verb.GREETING, stall()));
        sink(3);
        dns.withMx("example.org", 10, "mx1.example.org", "127.0.0.2").withMx("example.org", 20, "mx2.example.org",
                "127.0.0.3");

        assertTakenBy(send("ana@example.org"), "mx2.example.org");
        await().until(() -> post.transport.openConnections() == 0);
        assertTakenBy(send("bo@example.org"), "mx2.example.org");
        assertThat(mute.sessions()).isEqualTo(1);
    }

    @Test
    void whenTheFirstHasMoreAddressesThanAnAttemptAsks() throws IOException {
        dns.withMx("example.org", 10, "mx1.example.org", "127.0.1.1");
        for (int i = 2; i <= 12; i++) {
            dns.with("mx1.example.org", "A", "127.0.1." + i);
        }
        sink(3);
        dns.withMx("example.org", 20, "mx2.example.org", "127.0.0.3");

        assertTakenBy(send("ana@example.org"), "mx2.example.org");
    }

    @Test
    void whenTheDnsOfTheFirstOnesIsSilent() throws IOException {
        post.close();
        dnsTimeout = Duration.ofMillis(900);
        post = post(WAITS, 20, List.of());
        for (int i = 1; i <= 3; i++) {
            dns.with("example.org", "MX", i + " mx" + i + ".example.org.").failing("mx" + i + ".example.org",
                    Fault.SILENCE);
        }
        sink(3);
        dns.withMx("example.org", 20, "mx4.example.org", "127.0.0.3");

        assertTakenBy(send("ana@example.org"), "mx4.example.org");
    }

    @Test
    void whenTwoAreSilentTheThirdIsReachedByTheNextTryThoughTheLaneIsGone() throws Exception {
        dead("127.0.0.5");
        dead("127.0.0.6");
        dead("127.0.0.7");
        sink(3);
        dns.withMx("example.org", 10, "mx1.example.org", "127.0.0.5").with("mx1.example.org", "A", "127.0.0.7")
                .withMx("example.org", 20, "mx2.example.org", "127.0.0.6")
                .withMx("example.org", 30, "mx3.example.org", "127.0.0.3");

        DeliveryResult first = send("ana@example.org");
        assertThat(first).isInstanceOf(DeliveryResult.Deferred.class);
        assertThat(first.reason()).contains("mx1.example.org [127.0.0.5]", "mx2.example.org [127.0.0.6]")
                .doesNotContain("mx3");
        Thread.sleep(1500); // its rest is over, and so is its lane
        assertTakenBy(send("bo@example.org"), "mx3.example.org");
    }

    @Test
    void butAHostThatSaysAtOnceThatItIsBusyIsFirstAgainAfterItsRest() throws Exception {
        ScriptedSink busy = sink(2).next(script().on(Verb.GREETING, replyAndClose("421 busy")));
        sink(3);
        dns.withMx("example.org", 10, "mx1.example.org", "127.0.0.2").withMx("example.org", 20, "mx2.example.org",
                "127.0.0.3");

        assertTakenBy(send("ana@example.org"), "mx2.example.org");
        await().until(() -> post.transport.openConnections() == 0);
        Thread.sleep(700); // the rest
        assertTakenBy(send("bo@example.org"), "mx1.example.org"); // what says so at once is asked again soon
        assertThat(busy.sessions()).isEqualTo(2);
    }
}
