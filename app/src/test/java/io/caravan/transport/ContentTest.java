package io.caravan.transport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult.Accepted;
import io.caravan.transport.ScriptedSink.Taken;

import static org.assertj.core.api.Assertions.assertThat;

class ContentTest {

    private static final String[] PIECES = {".", "..", "\r\n", "\r\n.", "\r\n..", "\r\n.\r\n",
            "\r\n.\r\nMAIL FROM:<x@evil.example>\r\n",
            "a",
            "word ", "\t", "é", "x".repeat(70), "\0", "\r", "\n", "\n.\n", "\r.\r", "\r\r\n.\r\n", "\n.\r\n",
            "\r\n\0.\r\n", "\r\n.\r"};

    @Test
    void arrivesAsItWas() throws IOException { // ten thousand bodies, cut into segments at line starts
        Random random = new Random(7);

        try (ScriptedSink sink = new ScriptedSink().quiet().start();
                Post post = new Post(Waits.RFC_5321, RelayGate.OPEN, 400,
                        Post.relay("a", sink, 8))) {
            Map<String, byte[]> sent = new HashMap<>();
            for (int i = 0; i < 10_000; i++) {
                Cleared mail = post.mail("n@example.org", "relay:a", canonicalBody(random));
                sent.put(mail.mail().messageId(), joined(mail.mail().content()));
                post.offer(mail);
            }
            post.awaitReplies(10_000);

            Map<String, byte[]> taken = sink.taken().stream().collect(Collectors.toMap(Taken::messageId, Taken::data));
            assertThat(taken).hasSize(10_000);
            sent.forEach((id, body) -> assertThat(taken.get(id)).as(id).isEqualTo(body));
            assertThat(sink.strays()).isZero();
        }
    }

    @Test
    void isOneMailWhateverBytesItHas() throws IOException { // no smuggling: CR, LF and NUL in any place, cut anywhere
        Random random = new Random(11);

        try (ScriptedSink sink = new ScriptedSink().quiet().start();
                Post post = new Post(Waits.RFC_5321, RelayGate.OPEN, 400,
                        Post.relay("a", sink, 8))) {
            Map<String, byte[]> expected = new HashMap<>();
            for (int i = 0; i < 5_000; i++) {
                Cleared mail = post.mail("n@example.org", "relay:a", anyBody(random));
                expected.put(mail.mail().messageId(), harmless(joined(mail.mail().content())));
                post.offer(mail);
            }
            post.awaitReplies(5_000);

            assertThat(sink.takenCount()).isEqualTo(5_000);
            assertThat(sink.strays()).isZero();
            sink.taken().forEach(
                    mail -> assertThat(mail.data()).as(mail.messageId()).isEqualTo(expected.get(mail.messageId())));
            assertThat(sink.taken())
                    .allSatisfy(mail -> assertThat(mail.sender()).isEqualTo("b+1@bounces.shop.example"));
        }
    }

    /** What other servers took for the end of a mail (CVE-2023-51764 and its family), at every place, cut into segments at every byte. */
    @Test
    void isOneMailWhereverItsTextPretendsToEnd() throws IOException {
        String[] breaks = {"\n", "\r", "\r\n", "\n\r", "\r\r\n", "\n\n", "\r\n\0", "\0\r\n"};
        String body = "one\r\n.two\r\n\r\n..three";
        int sent = 0;

        try (ScriptedSink sink = new ScriptedSink().quiet().start();
                Post post = new Post(Waits.RFC_5321, RelayGate.OPEN, 400, Post.relay("a", sink, 8))) {
            Map<String, byte[]> expected = new HashMap<>();
            for (String before : breaks) {
                for (String after : breaks) {
                    String end = before + "." + after
                            + "MAIL FROM:<x@evil.example>\r\nRCPT TO:<y@evil.example>\r\nDATA\r\n";
                    for (int at = 0; at <= body.length(); at += 1 + sent % 3) {
                        String text = body.substring(0, at) + end + body.substring(at);
                        int cut = Math.min(text.length(), at + sent % 6);
                        Cleared mail = post.mail("n@example.org", "relay:a", List.of(bytes(text.substring(0, cut)),
                                bytes(text.substring(cut))));
                        expected.put(mail.mail().messageId(), harmless(joined(mail.mail().content())));
                        post.offer(mail);
                        sent++;
                    }
                }
            }
            post.awaitReplies(sent);

            assertThat(sink.takenCount()).isEqualTo(sent).isGreaterThan(500);
            assertThat(sink.strays()).isZero();
            sink.taken().forEach(
                    mail -> assertThat(mail.data()).as(mail.messageId()).isEqualTo(expected.get(mail.messageId())));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_000, 65_536, 70_000, 3_000_000})
    void goesInPiecesWhenItIsLong(int length) throws IOException {
        String body = (".".repeat(70) + "\r\n").repeat(length / 72) + "x".repeat(length % 72);

        try (ScriptedSink sink = new ScriptedSink().quiet().start(); Post post = Post.to(sink)) {
            Cleared mail = post.mail("ana@example.org", "relay:a", body);

            assertThat(post.send(mail)).isInstanceOf(Accepted.class);
            String end = body.isEmpty() || body.endsWith("\r\n") ? "" : "\r\n";
            assertThat(new String(sink.taken().getFirst().data(), StandardCharsets.US_ASCII))
                    .endsWith("\r\n\r\n" + body + end);
        }
    }

    private static List<byte[]> canonicalBody(Random random) {
        List<byte[]> segments = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            StringBuilder text = new StringBuilder();
            for (int k = random.nextInt(30); k > 0; k--) {
                text.append(PIECES[random.nextInt(12)]);
            }
            segments.add(text.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        }
        return segments;
    }

    private static List<byte[]> anyBody(Random random) {
        List<byte[]> segments = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            StringBuilder text = new StringBuilder();
            for (int k = random.nextInt(30); k > 0; k--) {
                text.append(PIECES[random.nextInt(PIECES.length)]);
            }
            segments.add(text.toString().getBytes(StandardCharsets.UTF_8));
        }
        return segments;
    }

    private static byte[] joined(List<byte[]> segments) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        segments.forEach(all::writeBytes);
        return all.toByteArray();
    }

    /** The rule in its plainest form: CRLF stays, any other CR, LF or NUL is a space, and a line's end at the end. */
    private static byte[] harmless(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("\r(?!\n)|(?<!\r)\n|\0", " ");
        return (text.endsWith("\r\n") ? text : text + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }
}
