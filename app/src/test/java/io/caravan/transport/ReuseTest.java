package io.caravan.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult.Accepted;

import static org.assertj.core.api.Assertions.assertThat;

/** A connection serves so many mails and so long, and then makes way in good order. */
class ReuseTest {

    private static Post post(ScriptedSink sink, Reuse reuse) {
        return new Post(new Transport.Settings("caravan.example", null, Waits.RFC_5321, 400, reuse, Trust.OF_JAVA),
                Post.relay("a", sink, 1));
    }

    private static List<Cleared> mails(Post post, int count) {
        return IntStream.range(0, count).mapToObj(i -> post.mail("n" + i + "@example.org")).toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void endsAfterItsMails(boolean pipelining) throws IOException {
        ScriptedSink sink = pipelining ? new ScriptedSink() : new ScriptedSink().withoutPipelining();

        try (ScriptedSink started = sink.start(); Post post = post(started, new Reuse(3, Duration.ofMinutes(5)))) {
            assertThat(post.sendAll(mails(post, 10))).hasOnlyElementsOfType(Accepted.class).hasSize(10);

            assertThat(started.sessions()).isEqualTo(4);
            for (int i = 0; i < 3; i++) {
                assertThat(started.transcript(i)).filteredOn(line -> line.startsWith("C: MAIL")).hasSize(3);
                assertThat(started.transcript(i)).endsWith("C: QUIT", "S: 221 2.0.0 bye");
            }
            post.assertAgreesWith(started);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void endsInTime(boolean pipelining) throws IOException {
        ScriptedSink sink = pipelining ? new ScriptedSink() : new ScriptedSink().withoutPipelining();

        try (ScriptedSink started = sink.delayingDot(Duration.ofMillis(30)).start();
                Post post = post(started, new Reuse(1000, Duration.ofMillis(100)))) {
            assertThat(post.sendAll(mails(post, 20))).hasOnlyElementsOfType(Accepted.class).hasSize(20);

            assertThat(started.sessions()).isGreaterThan(3);
            post.assertAgreesWith(started);
        }
    }
}
