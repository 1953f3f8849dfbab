package io.caravan.transport;

import java.io.IOException;
import java.time.Duration;

import org.junit.jupiter.api.Test;

import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.DeliveryResult.Accepted;
import io.caravan.mail.DeliveryResult.NotTried;
import io.caravan.mail.DeliveryResult.Suppressed;

import static io.caravan.transport.ScriptedSink.Verb.DATA;
import static io.caravan.transport.ScriptedSink.after;
import static io.caravan.transport.ScriptedSink.honest;
import static io.caravan.transport.ScriptedSink.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class LastLookTest {

    private static final Waits PATIENT = Waits.RFC_5321.scaledDown(60);

    @Test
    void sendsNothingToAPersonSuppressedWhileTheMailWaited() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().start(); Post post = Post.to(sink)) {
            Cleared mail = post.mail("ana@example.org");
            await().until(() -> System.nanoTime() - mail.checkedAtNanos() > 1_000_000_000L);
            post.suppression = "suppression:7";

            DeliveryResult result = post.send(mail);

            assertThat(result).isEqualTo(new Suppressed("suppression:7"));
            assertThat(sink.sessions()).as("not even a connection").isZero();
        }
    }

    @Test
    void doesNotAskAgainWithinASecond() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().start(); Post post = Post.to(sink)) {
            post.suppression = "suppression:7";

            DeliveryResult result = post.send("ana@example.org");

            assertThat(result).isInstanceOf(Accepted.class);
        }
    }

    @Test
    void hangsUpWhenTheSuppressionComesBeforeALate354() throws IOException {
        ScriptedSink sink = new ScriptedSink().next(script().on(DATA, after(Duration.ofMillis(1200), honest())))
                .start();

        try (sink; Post post = new Post(PATIENT, RelayGate.OPEN, 400, Post.relay("a", sink, 1))) {
            Cleared mail = post.mail("ana@example.org");
            post.offer(mail);
            await().until(() -> sink.sessions() == 1 && sink.transcript(0).contains("C: DATA"));
            post.suppression = "suppression:8";

            assertThat(post.result(mail)).isEqualTo(new Suppressed("suppression:8"));
            await().until(() -> sink.openSessions() == 0);
            assertThat(sink.transcript(0)).endsWith("C: DATA", "S: 354 go");
            assertThat(post.dots).isEmpty();
            assertThat(sink.taken()).isEmpty();
        }
    }

    @Test
    void startsNothingOnAStaleLease() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().start(); Post post = Post.to(sink)) {
            post.mayStart = false;

            DeliveryResult result = post.send("ana@example.org");

            assertThat(result).isInstanceOf(NotTried.class);
            assertThat(sink.sessions()).isZero();
        }
    }

    @Test
    void hangsUpWhenTheLeaseGoesStaleBeforeALate354() throws IOException {
        ScriptedSink sink = new ScriptedSink().next(script().on(DATA, after(Duration.ofMillis(300), honest()))).start();

        try (sink; Post post = new Post(PATIENT, RelayGate.OPEN, 400, Post.relay("a", sink, 1))) {
            Cleared mail = post.mail("ana@example.org");
            post.offer(mail);
            await().until(() -> sink.sessions() == 1 && sink.transcript(0).contains("C: DATA"));
            post.mayStart = false;

            assertThat(post.result(mail)).isInstanceOf(NotTried.class);
            await().until(() -> sink.openSessions() == 0);
            assertThat(sink.transcript(0)).doesNotContain("C: [content]");
        }
    }

    @Test
    void sendsNoDotThatTheJournalDidNotTake() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().start(); Post post = Post.to(sink)) {
            post.journalFault = new IllegalStateException("disk full");
            DeliveryResult refused = post.send("ana@example.org");
            post.journalFault = null;
            DeliveryResult next = post.send("ben@example.org");

            assertThat(refused).isEqualTo(new NotTried("not sent, since the journal takes nothing: disk full"));
            assertThat(next).isInstanceOf(Accepted.class);
            assertThat(sink.taken()).extracting(ScriptedSink.Taken::recipient).containsExactly("ben@example.org");
        }
    }
}
