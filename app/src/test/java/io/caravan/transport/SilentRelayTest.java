package io.caravan.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult.Accepted;
import io.caravan.transport.ScriptedSink.Act;
import io.caravan.transport.ScriptedSink.Verb;

import static io.caravan.transport.ScriptedSink.after;
import static io.caravan.transport.ScriptedSink.hold;
import static io.caravan.transport.ScriptedSink.honest;
import static io.caravan.transport.ScriptedSink.script;
import static io.caravan.transport.ScriptedSink.stall;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A relay whose machine has lost its power or its network, or whose process was stopped: no connection breaks, and none is answered. */
class SilentRelayTest {

    private static final Duration SOON = Duration.ofSeconds(20); // its own time-outs would take five minutes

    /** The relay {@code a}. */
    private static final class Counting implements RelayGate {
        final AtomicInteger failed = new AtomicInteger();
        final AtomicInteger trials = new AtomicInteger();
        final AtomicInteger worked = new AtomicInteger();

        @Override
        public boolean mayTry(String relay) {
            trials.addAndGet(relay.equals("a") ? 1 : 0);
            return true;
        }

        @Override
        public void worked(String relay) {
            worked.addAndGet(relay.equals("a") ? 1 : 0);
        }

        @Override
        public void failed(String relay, String why) {
            failed.addAndGet(relay.equals("a") ? 1 : 0);
        }
    }

    private final Counting gate = new Counting();

    /** The real waits, but for the patience. */
    private static Waits patience(Duration patience) {
        Waits real = Waits.RFC_5321;
        return new Waits(patience, real.greeting(), real.mail(), real.rcpt(), real.data(), real.block(),
                patience.multipliedBy(20), real.idle());
    }

    private static Act held(CountDownLatch until) {
        return session -> {
            session.flush();
            hold(until);
            return session.honest();
        };
    }

    private static List<Cleared> mails(Post post, String route, int count) {
        return IntStream.range(0, count).mapToObj(i -> post.mail("n" + i + "@example.org", route, "Hi\r\n")).toList();
    }

    private Post post(Duration patience, Relay... relays) {
        return new Post(patience(patience), gate, 50, relays);
    }

    @ParameterizedTest
    @ValueSource(strings = {"relay:a*1,relay:b*1", "relay:a,relay:b"})
    void whatWaitsBehindItGoesToTheNextAndOnlyWhatHasItsEnvelopeOutWaits(String route) throws Exception {
        ScriptedSink silent = new ScriptedSink()
                .always(script().on(Verb.MAIL, honest(), honest(), honest(), stall())).start();
        ScriptedSink other = new ScriptedSink().quiet().start();

        try (silent;
                other;
                Post post = post(Duration.ofSeconds(2), Post.relay("a", silent, 2), Post.relay("b", other, 2))) {
            List<Cleared> mails = mails(post, route, 400); // eight times as many as may wait
            Thread offers = Thread.ofPlatform().start(() -> mails.forEach(post::offer));

            await().atMost(SOON).until(() -> silent.takenCount() + other.takenCount() == 398);
            offers.join();
            assertThat(gate.failed.get()).isEqualTo(1);

            long before = System.nanoTime();
            assertThat(post.sendAll(mails(post, route, 100))).hasOnlyElementsOfType(Accepted.class);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).as("it is known now")
                    .isLessThan(Duration.ofSeconds(5));
            assertThat(post.transport.openConnections()).as("it has its own time-outs").isGreaterThan(2);

            silent.close();
            post.awaitReplies(500);
            mails.forEach(mail -> assertThat(post.result(mail)).isInstanceOf(Accepted.class));
            post.assertAgreesWith(silent, other);
        }
    }

    @Test
    void noMailWaitsForTheGreetingOfAProcessThatIsStopped() throws Exception {
        ScriptedSink silent = new ScriptedSink().always(script().on(Verb.GREETING, stall())).start();
        ScriptedSink other = new ScriptedSink().start();

        try (silent;
                other;
                Post post = post(Duration.ofSeconds(1), Post.relay("a", silent, 2), Post.relay("b", other, 1))) {
            List<Cleared> mails = mails(post, "relay:a,relay:b", 40);
            mails.forEach(post::offer);

            await().atMost(SOON).until(() -> other.takenCount() == 40);
            assertThat(silent.openSessions()).isEqualTo(2);
            mails.forEach(mail -> assertThat(post.result(mail)).isInstanceOf(Accepted.class));
            silent.close();
        }
    }

    @Test
    void whenItGreetsAfterAllItsConnectionTakesWhatComes() throws Exception {
        CountDownLatch wakes = new CountDownLatch(1);
        ScriptedSink silent = new ScriptedSink().always(script().on(Verb.GREETING, held(wakes))).start();
        ScriptedSink other = new ScriptedSink().start();

        try (silent;
                other;
                Post post = post(Duration.ofSeconds(1), Post.relay("a", silent, 1), Post.relay("b", other, 1))) {
            assertThat(post.send(post.mail("ana@example.org", "relay:a,relay:b", "Hi\r\n")))
                    .isInstanceOf(Accepted.class);
            assertThat(other.takenCount()).isEqualTo(1);
            wakes.countDown();
            await().until(() -> gate.worked.get() >= 1);

            await().atMost(SOON).until(() -> {
                post.send(post.mail("bo@example.org", "relay:a,relay:b", "Hi\r\n"));
                return silent.takenCount() > 0;
            });
            assertThat(silent.sessions()).isEqualTo(1);
            post.assertAgreesWith(silent, other);
        }
    }

    @Test
    void theLastOfARouteKeepsItsMailAndWhenItSpeaksAgainAllIsAsBefore() throws Exception {
        CountDownLatch wakes = new CountDownLatch(1);
        ScriptedSink silent = new ScriptedSink().always(script().on(Verb.DOT, honest(), held(wakes))).start();
        ScriptedSink other = new ScriptedSink().start();

        try (silent;
                other;
                Post post = post(Duration.ofSeconds(2), Post.relay("a", silent, 1), Post.relay("b", other, 1))) {
            List<Cleared> alone = mails(post, "relay:a", 10);
            alone.forEach(post::offer);
            await().atMost(SOON).until(() -> gate.failed.get() == 1);
            assertThat(post.send(post.mail("bo@example.org", "relay:a,relay:b", "Hi\r\n")))
                    .isInstanceOf(Accepted.class);
            assertThat(other.takenCount()).isEqualTo(1);
            assertThat(post.replies.get()).as("one before, one by the other").isEqualTo(2);

            wakes.countDown();
            alone.forEach(mail -> assertThat(post.result(mail)).isInstanceOf(Accepted.class));
            assertThat(silent.takenCount()).isEqualTo(10);
            await().until(() -> gate.worked.get() == gate.trials.get() && gate.trials.get() >= 2); // the gate is told
            assertThat(post.send(post.mail("cy@example.org", "relay:a,relay:b", "Hi\r\n")))
                    .isInstanceOf(Accepted.class);
            assertThat(silent.takenCount()).isEqualTo(11);
            post.assertAgreesWith(silent, other);
        }
    }

    @Test
    void oneThatIsSlowWithEachAnswerIsNotSilent() throws IOException {
        Act slowly = after(Duration.ofMillis(1200), honest());
        ScriptedSink slow = new ScriptedSink().withoutPipelining()
                .always(script().on(Verb.MAIL, slowly).on(Verb.RCPT, slowly).on(Verb.DATA, slowly).on(Verb.DOT, slowly))
                .start();
        ScriptedSink other = new ScriptedSink().start();

        try (slow;
                other;
                Post post = post(Duration.ofSeconds(3), Post.relay("a", slow, 1), Post.relay("b", other, 1))) {
            assertThat(post.sendAll(mails(post, "relay:a,relay:b", 2))).hasOnlyElementsOfType(Accepted.class);

            assertThat(slow.takenCount()).isEqualTo(2);
            assertThat(gate.failed.get()).isZero();
        }
    }
}
