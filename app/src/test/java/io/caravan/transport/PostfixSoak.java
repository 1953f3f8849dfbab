package io.caravan.transport;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.mail.Cleared;
import io.caravan.transport.ScriptedSink.Taken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The long form of {@link ContentTest}, through a real Postfix that takes every line end for one; run by name only. {@code soak.bodies}: how many. */
class PostfixSoak {

    private static final String[] PIECES = {".", "..", "\r\n", "\r\n.", "\r\n.\r\n", "\n.\n", "\r.\r", "\n.\r\n",
            "\r\r\n.\r\n", "\r\n\0.\r\n", "\r\n.\r",
            "\n.\nMAIL FROM:<x@evil.example>\nRCPT TO:<y@evil.example>\nDATA\n",
            "\r.\rMAIL FROM:<x@evil.example>\rRCPT TO:<y@evil.example>\rDATA\r", "word ", "é", "\0", "\r", "\n",
            "x".repeat(80)};

    @Test
    void takesEachBodyForOneMailAndNothingElse(@TempDir Path folder) throws IOException, InterruptedException {
        int bodies = Integer.getInteger("soak.bodies", 10_000);
        assertThat(Postfix.isInstalled()).as("an installed Postfix, and root to run it").isTrue();
        Random random = new Random(2026);
        Map<String, String> expected = new HashMap<>();

        try (ScriptedSink sink = new ScriptedSink().quiet().start();
                Postfix postfix = new Postfix(folder, sink.port());
                Post post = new Post(Waits.RFC_5321, RelayGate.OPEN, 400, Post.relay("a", postfix.port(), 8))) {
            for (int i = 0; i < bodies; i++) {
                Cleared mail = post.mail("n@example.org", "relay:a", body(random));
                expected.put(mail.mail().messageId(), text(mail.mail().content()));
                post.offer(mail);
            }
            await().atMost(Duration.ofMinutes(10)).until(() -> post.replies.get() == bodies);
            await().atMost(Duration.ofMinutes(10)).until(() -> sink.takenCount() >= bodies && postfix.queued() == 0);

            assertThat(sink.takenCount()).isEqualTo(bodies);
            assertThat(sink.taken()).extracting(Taken::messageId).doesNotHaveDuplicates()
                    .containsExactlyInAnyOrderElementsOf(expected.keySet());
            assertThat(sink.taken()).allSatisfy(mail -> assertThat(mail.recipient()).isEqualTo("n@example.org"));
            sink.taken().forEach(mail -> {
                String all = new String(mail.data(), StandardCharsets.ISO_8859_1);
                String wanted = expected.get(mail.messageId());
                assertThat(all.substring(all.indexOf("\r\n\r\n"))).as(mail.messageId())
                        .isEqualTo(wanted.substring(wanted.indexOf("\r\n\r\n")));
            });
            System.out.println("bodies=" + bodies + " through Postfix: messages=" + sink.takenCount() + " different=0");
        }
    }

    private static List<byte[]> body(Random random) {
        List<byte[]> segments = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            StringBuilder text = new StringBuilder();
            for (int k = random.nextInt(11); k > 0; k--) {
                text.append(PIECES[random.nextInt(PIECES.length)]);
            }
            segments.add(text.append(i == 0 ? "end" : "").toString().getBytes(StandardCharsets.UTF_8));
        }
        return segments;
    }

    private static String text(List<byte[]> segments) {
        StringBuilder all = new StringBuilder();
        segments.forEach(segment -> all.append(new String(segment, StandardCharsets.ISO_8859_1)));
        return all.toString().replaceAll("\r(?!\n)|(?<!\r)\n|\0", " ") + "\r\n";
    }
}
