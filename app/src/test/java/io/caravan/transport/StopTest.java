package io.caravan.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.DeliveryResult.Accepted;
import io.caravan.mail.DeliveryResult.InDoubt;
import io.caravan.mail.DeliveryResult.NotTried;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class StopTest {

    @Test
    void underLoadLetsOpenMailsFinishAndGivesTheRestBack() throws Exception {
        ScriptedSink sink = new ScriptedSink().delayingDot(Duration.ofMillis(30)).quiet().start();

        try (sink; Post post = new Post(Waits.RFC_5321, RelayGate.OPEN, 50, Post.relay("a", sink, 8))) {
            List<Cleared> offered = new ArrayList<>();
            Thread pump = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 1000; i++) {
                    Cleared mail = post.mail("n" + i + "@example.org");
                    offered.add(mail);
                    post.offer(mail);
                }
            });
            post.awaitReplies(100);
            post.transport.stop(Duration.ofSeconds(10));
            pump.join();

            assertThat(post.replies.get()).isEqualTo(1000);
            List<DeliveryResult> results = offered.stream().map(post::result).toList();
            assertThat(results).hasOnlyElementsOfTypes(Accepted.class, NotTried.class);
            assertThat(results).filteredOn(Accepted.class::isInstance).hasSize(sink.takenCount());
            assertThat(results).filteredOn(NotTried.class::isInstance).hasSizeGreaterThan(500);
            post.assertAgreesWith(sink);
        }
    }

    @Test
    void cutsOffWhatIsOpenAfterTheGrace() throws IOException {
        ScriptedSink sink = new ScriptedSink()
                .always(ScriptedSink.script().on(ScriptedSink.Verb.DOT, ScriptedSink.stall())).start();

        try (sink; Post post = new Post(Waits.RFC_5321, RelayGate.OPEN, 50, Post.relay("a", sink, 1))) {
            Cleared open = post.mail("ana@example.org");
            Cleared behind = post.mail("ben@example.org");
            post.offer(open);
            post.offer(behind);
            await().until(() -> post.dots.size() == 1);
            post.transport.stop(Duration.ofMillis(100));

            assertThat(post.results.get(open.mail().row())).singleElement().isInstanceOf(InDoubt.class);
            assertThat(post.results.get(behind.mail().row())).singleElement().isInstanceOf(NotTried.class);
        }
    }

    @Test
    void doesNotWaitForAHostThatTakesLongToGreet() throws IOException {
        ScriptedSink sink = new ScriptedSink()
                .always(ScriptedSink.script().on(ScriptedSink.Verb.GREETING, ScriptedSink.stall())).start();

        try (sink; Post post = new Post(Waits.RFC_5321, RelayGate.OPEN, 50, Post.relay("a", sink, 1))) {
            Cleared mail = post.mail("ana@example.org");
            post.offer(mail);
            await().until(() -> sink.openSessions() == 1);
            post.transport.stop(Duration.ofMillis(50));

            assertThat(post.results.get(mail.mail().row())).singleElement().isInstanceOf(NotTried.class);
        }
    }

    @Test
    void offersAfterItAreGivenBackAtOnce() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().start(); Post post = Post.to(sink)) {
            post.transport.stop(Duration.ofSeconds(1));

            assertThat(post.send("ana@example.org")).isEqualTo(Transport.STOPPING);
        }
    }

    @Test
    void aFullQueueHoldsTheOfferBack() throws Exception {
        ScriptedSink sink = new ScriptedSink()
                .always(ScriptedSink.script().on(ScriptedSink.Verb.DOT, ScriptedSink.stall())).start();

        try (sink; Post post = new Post(Waits.RFC_5321, RelayGate.OPEN, 3, Post.relay("a", sink, 1))) {
            Thread pump = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 10; i++) {
                    post.offer(post.mail("n" + i + "@example.org"));
                }
            });
            await().until(() -> pump.getState() == Thread.State.WAITING && post.transport.queued() == 3);
            post.transport.stop(Duration.ofMillis(50));
            pump.join();

            assertThat(post.replies.get()).isEqualTo(10);
        }
    }
}
