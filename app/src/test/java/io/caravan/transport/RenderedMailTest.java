package io.caravan.transport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;

import io.caravan.mail.BatchId;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.Envelope;
import io.caravan.mail.Finished;
import io.caravan.mail.Gate;
import io.caravan.mail.RowId;
import io.caravan.rendering.MailLimits;
import io.caravan.rendering.Mailing;
import io.caravan.rendering.Mailings;
import io.caravan.rendering.Marks;
import io.caravan.rendering.Part;
import io.caravan.rendering.Person;
import io.caravan.rendering.Source;

import static org.assertj.core.api.Assertions.assertThat;

/** From a person's attributes to the host, whatever they hold: one mail each, the bytes that were rendered, no line over 998. */
class RenderedMailTest {

    private static final String[] PIECES = {".", "..", "\r\n.\r\n", "\n.\n", "\r.\r", "\r\n.\r", "\n.\r\n",
            "\r\r\n.\r\n",
            "\0", "\r", "\n", "\r\n", "\r\nBcc: evil@example.com\r\n\r\n", "\r\n.\r\nMAIL FROM:<x@evil.example>\r\n",
            "x".repeat(1500), "é".repeat(700), "word ", "日本語", "\t", "=", "From "};

    @Test
    void arrivesAsOneMailWithinItsLines() throws IOException {
        Source source = new Source("spring", "Shop <news@shop.example>", null, "To [[${subject} ?: '']]",
                new Part("a.html", "<p>[[${body} ?: '']]</p>"), new Part("a.txt", "[[${body} ?: '']]"), List.of(),
                Map.of(),
                Map.of(), Map.of());
        Mailing mailing = new Mailings(MailLimits.DEFAULT).compile(source);
        Random random = new Random(5);
        Map<String, byte[]> rendered = new HashMap<>();
        int people = 2000;

        try (ScriptedSink sink = new ScriptedSink().quiet().offering("PIPELINING").start();
                Post post = new Post(Waits.RFC_5321, RelayGate.OPEN, 400, Post.relay("a", sink, 4))) {
            for (int i = 0; i < people; i++) {
                String id = "<m" + i + "@shop.example>";
                Person person = new Person("ana@example.org",
                        Map.of("name", any(random), "subject", any(random), "body", any(random)));
                List<byte[]> content = mailing.render(person, new Marks(id, Instant.EPOCH, "https://x/u", "https://x/v",
                        "https://x/p", "list", "<https://x/u>", "f", Map.of()));
                rendered.put(id, joined(content));
                post.offer(new Gate(_ -> Map.of()).pass(List.of(new Finished(new RowId(1, i + 1), new BatchId(1), 1,
                        new Envelope("b@bounces.shop.example",
                                EmailAddress.trusted("ana@example.org", "ana@example.org")),
                        "shop", "", "relay:a", id, content))).cleared().getFirst());
            }
            post.awaitReplies(people);

            assertThat(sink.takenCount()).isEqualTo(people); // 8BITMIME was not offered: all of it was 7bit
            assertThat(sink.strays()).isZero();
            sink.taken().forEach(mail -> {
                assertThat(mail.data()).as(mail.messageId()).isEqualTo(rendered.get(mail.messageId()));
                String text = new String(mail.data(), StandardCharsets.ISO_8859_1);
                assertThat(text.lines().mapToInt(String::length).max().orElse(0)).isLessThanOrEqualTo(998);
            });
        }
    }

    private static String any(Random random) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(8); n > 0; n--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    private static byte[] joined(List<byte[]> segments) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        segments.forEach(all::writeBytes);
        return all.toByteArray();
    }
}
