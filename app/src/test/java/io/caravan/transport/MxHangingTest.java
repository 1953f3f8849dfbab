package io.caravan.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;
import io.caravan.transport.ScriptedSink.Verb;

import static io.caravan.transport.ScriptedSink.after;
import static io.caravan.transport.ScriptedSink.honest;
import static io.caravan.transport.ScriptedSink.replyAndClose;
import static io.caravan.transport.ScriptedSink.script;
import static io.caravan.transport.ScriptedSink.stall;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Hosts that keep a connection waiting for minutes, as they may: no other mail waits for it. */
class MxHangingTest extends MxFixture {

    private void patient(int connections) {
        post.close();
        dnsTimeout = Duration.ofSeconds(5);
        post = post(Waits.RFC_5321, connections, List.of());
    }

    private List<Cleared> mails(int count, String domain) {
        return IntStream.range(0, count).mapToObj(i -> post.mx("p" + i + "@" + domain)).toList();
    }

    @Test
    void aLaneAsksForMoreConnectionsWhenItsRestIsOverThoughTheOpenOneHangsAndNoMailComes() throws IOException {
        patient(20);
        ScriptedSink sink = sink(2).next(script().on(Verb.DOT, stall()),
                script().on(Verb.GREETING, replyAndClose("421 4.3.2 too many connections")));
        dns.withMx("example.org", 10, "mx.example.org", "127.0.0.2");
        List<Cleared> mails = mails(12, "example.org");
        mails.forEach(post::offer);

        await().atMost(Duration.ofSeconds(15)).until(() -> sink.takenCount() >= 10); // one hangs, one may ride behind it
        assertThat(sink.sessions()).isGreaterThanOrEqualTo(3);
        sink.close();
        post.awaitReplies(12);
    }

    @Test
    void aFewMailsDoNotStandBehindOneConnectionThatHangs() throws IOException {
        patient(20);
        ScriptedSink sink = sink(2).withoutPipelining().next(script().on(Verb.DOT, stall()));
        dns.withMx("example.org", 10, "mx.example.org", "127.0.0.2");
        List<Cleared> mails = mails(3, "example.org");
        mails.forEach(post::offer);

        await().atMost(Duration.ofSeconds(10)).until(() -> sink.takenCount() == 2);
        assertThat(sink.sessions()).as("not more than it takes").isEqualTo(2);
        sink.close();
        post.awaitReplies(3);
    }

    @Test
    void whoPromisedItsRoomLeavesThoughMailHasComeForIt() throws IOException {
        patient(1);
        ScriptedSink sink = sink(2).always(script().on(Verb.QUIT, after(Duration.ofMillis(700), honest())));
        sink(3);
        dns.withMx("one.example", 10, "mx.one.example", "127.0.0.2").withMx("other.example", 10, "mx.other.example",
                "127.0.0.3");
        assertThat(send("ana@one.example")).isInstanceOf(DeliveryResult.Accepted.class);
        Cleared other = post.mx("bo@other.example");
        post.offer(other);
        await().pollInterval(Duration.ofMillis(5)).until(() -> sink.transcript(0).contains("C: QUIT"));
        Cleared late = post.mx("cy@one.example");
        post.offer(late);

        await().atMost(Duration.ofSeconds(5)).until(() -> post.results.containsKey(other.mail().row())); // idle: 10 s
        assertThat(post.result(late)).isInstanceOf(DeliveryResult.Accepted.class);
    }
}
