package io.caravan.rendering;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.apache.james.mime4j.dom.BinaryBody;
import org.apache.james.mime4j.dom.Entity;
import org.apache.james.mime4j.dom.Message;
import org.apache.james.mime4j.dom.Multipart;
import org.junit.jupiter.api.Test;

import io.caravan.mail.EmailAddress;

import static io.caravan.rendering.Samples.ANA;
import static io.caravan.rendering.Samples.MAILINGS;
import static io.caravan.rendering.Samples.MARKS;
import static io.caravan.rendering.Samples.bytes;
import static io.caravan.rendering.Samples.parse;
import static io.caravan.rendering.Samples.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MimeTest {

    private static final byte[] LOGO = {(byte) 0x89, 'P', 'N', 'G', 0, 1, 2, 3};
    private static final byte[] TERMS = "%PDF-1.7 terms".repeat(20).getBytes(StandardCharsets.US_ASCII);

    private static Mailing full() {
        Map<String, Attachment> inline = new TreeMap<>(Map.of("logo", new Attachment("logo.png", LOGO)));
        return MAILINGS.compile(new Source("frühling", "\"Änne's Läden, GmbH\" <news@läden.example>",
                "Müller <hello@shop.example>", "Grüße, [[${name}]] 🌷",
                new Part("a.html",
                        "<html><body><p>Grüße, [[${name}]] – 日本語 🌷<img src=\"cid:logo\" alt=\"Läden\"></p></body></html>"),
                null,
                List.of(new Attachment("Geschäftsbedingungen für 2026 – ausführliche Fassung.pdf", TERMS),
                        new Attachment("a.bin", new byte[0])),
                inline, Map.of(), Map.of()));
    }

    private static final Person JURGEN = new Person("jürgen@exämple.org", Map.of("name", "Jürgen \"Jo\" Groß"));

    @Test
    void buildsMixedAlternativeRelated() {
        Message mail = parse(bytes(full().render(JURGEN, MARKS)));

        Multipart mixed = (Multipart) mail.getBody();
        Multipart alternative = (Multipart) mixed.getBodyParts().get(0).getBody();
        Multipart related = (Multipart) alternative.getBodyParts().get(1).getBody();

        assertThat(mixed.getSubType()).isEqualTo("mixed");
        assertThat(mixed.getBodyParts()).hasSize(3);
        assertThat(alternative.getSubType()).isEqualTo("alternative");
        assertThat(alternative.getBodyParts()).hasSize(2);
        assertThat(related.getSubType()).isEqualTo("related");
        assertThat(related.getBodyParts()).extracting(Entity::getMimeType).containsExactly("text/html", "image/png");
        assertThat(related.getBodyParts().get(1).getHeader().getField("Content-ID").getBody()).isEqualTo("<logo>");
    }

    @Test
    void carriesEveryLetterAndByte() throws Exception {
        Message mail = parse(bytes(full().render(JURGEN, MARKS)));

        Multipart mixed = (Multipart) mail.getBody();
        Multipart alternative = (Multipart) mixed.getBodyParts().get(0).getBody();
        Multipart related = (Multipart) alternative.getBodyParts().get(1).getBody();
        Entity terms = mixed.getBodyParts().get(1);

        assertThat(mail.getSubject()).isEqualTo("Grüße, Jürgen \"Jo\" Groß 🌷");
        assertThat(mail.getFrom().get(0).getName()).isEqualTo("Änne's Läden, GmbH");
        assertThat(mail.getFrom().get(0).getAddress()).isEqualTo("news@xn--lden-loa.example");
        assertThat(mail.getTo()).hasSize(1);
        assertThat(((org.apache.james.mime4j.dom.address.Mailbox) mail.getTo().get(0)).getName())
                .isEqualTo("Jürgen \"Jo\" Groß");
        assertThat(((org.apache.james.mime4j.dom.address.Mailbox) mail.getReplyTo().get(0)).getName())
                .isEqualTo("Müller");
        assertThat(read(alternative.getBodyParts().get(0).getBody()))
                .isEqualTo("Grüße, Jürgen \"Jo\" Groß – 日本語 🌷Läden\r\n");
        assertThat(read(related.getBodyParts().get(0).getBody()))
                .contains("Grüße, Jürgen &quot;Jo&quot; Groß – 日本語 🌷<img src=\"cid:logo\"");
        assertThat(((BinaryBody) related.getBodyParts().get(1).getBody()).getInputStream().readAllBytes())
                .isEqualTo(LOGO);
        assertThat(terms.getMimeType()).isEqualTo("application/pdf");
        assertThat(terms.getFilename()).isEqualTo("Geschäftsbedingungen für 2026 – ausführliche Fassung.pdf");
        assertThat(((BinaryBody) terms.getBody()).getInputStream().readAllBytes()).isEqualTo(TERMS);
        assertThat(mixed.getBodyParts().get(2).getMimeType()).isEqualTo("application/octet-stream");
    }

    @Test
    void hasOnlyThePartsThatThereAre() {
        assertThat(parse(bytes(MAILINGS.compile(Samples.text("x")).render(ANA, MARKS))).getMimeType())
                .isEqualTo("text/plain");
        assertThat(parse(bytes(Samples.mailing("<p>x</p>").render(ANA, MARKS))).getMimeType())
                .isEqualTo("multipart/alternative");
    }

    @Test
    void writesTheDefaultHeadersInOrder() {
        String mail = new String(bytes(MAILINGS.compile(Samples.text("Hello.")).render(ANA,
                new Marks(MARKS.messageId(), MARKS.date(), "", "", "",
                        MARKS.listId(), MARKS.listUnsubscribe(), MARKS.feedbackId(),
                        Map.of("X-Campaign", "Frühling")))),
                StandardCharsets.US_ASCII);

        assertThat(mail).isEqualTo("""
                Date: Tue, 1 Dec 2026 08:00:00 +0000
                From: Ana's Shop <news@shop.example>
                To: ana@example.org
                Reply-To: hello@shop.example
                Subject: Hello
                Message-ID: <abc.1.seal@shop.example>
                List-Id: <news.shop.example>
                List-Unsubscribe: <https://shop.example/u/t0ken>
                List-Unsubscribe-Post: List-Unsubscribe=One-Click
                Feedback-ID: spring:shop:caravan
                X-Campaign: =?UTF-8?Q?Fr=C3=BChling?=
                MIME-Version: 1.0
                Content-Type: text/plain; charset=UTF-8
                Content-Transfer-Encoding: 7bit

                Hello.
                """.replace("\n", "\r\n"));
    }

    @Test
    void leavesOutTheHeadersThatHaveNoValue() {
        Marks bare = new Marks("<a@b>", MARKS.date(), "", "", "", "", "", "", Map.of());

        String mail = new String(bytes(MAILINGS.compile(Samples.text("x")).render(ANA, bare)),
                StandardCharsets.US_ASCII);

        assertThat(mail).doesNotContain("List-").doesNotContain("Feedback-ID");
    }

    @Test
    void refusesExtraHeadersThatAreOursOrNone() {
        for (String name : List.of("Bcc", "SUBJECT", "Content-Type", "X Y", "X:Y", "", "X\r\nBcc")) {
            Marks marks = new Marks("<a@b>", MARKS.date(), "", "", "", "", "", "", Map.of(name, "x"));
            assertThatThrownBy(() -> MAILINGS.compile(Samples.text("x")).render(ANA, marks))
                    .isInstanceOf(RenderingFault.class);
        }
    }

    @Test
    void makesTheSameBytesEveryTimeAndInEveryThread() throws Exception {
        byte[] first = bytes(full().render(JURGEN, MARKS));

        List<Thread> threads = new java.util.ArrayList<>();
        List<byte[]> made = java.util.Collections.synchronizedList(new java.util.ArrayList<>());
        Mailing shared = full();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < 50; n++) {
                    shared.render(ANA.address().isEmpty()
                            ? ANA
                            : new Person("x" + n + "@example.org", Map.of("name", "N" + n)), MARKS);
                    made.add(bytes(shared.render(JURGEN, MARKS)));
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(made).hasSize(200).allSatisfy(one -> assertThat(one).isEqualTo(first));
    }

    /** A retry after a restart must send what the first attempt sent: no order may hang on identity hashes or map types. */
    @Test
    void makesTheSameBytesFromEveryCompilation() {
        String all = MailDialect.SETTABLE.stream().map(name -> "th:" + name + "=\"'1'\"")
                .collect(java.util.stream.Collectors.joining(" "));
        String html = "<p><a " + all + " th:if=\"${a}\" th:with=\"b=1\">[[${a}]]</a></p>";
        byte[] first = bytes(Samples.mailing(html).render(Samples.person("a", "x"), MARKS));

        for (int i = 0; i < 20; i++) {
            assertThat(bytes(Samples.mailing(html).render(Samples.person("a", "x"), MARKS))).isEqualTo(first);
        }
        assertThat(new String(first, StandardCharsets.US_ASCII).replace("=\r\n", "").replace("=3D", "="))
                .contains("<a href=\"1\" src=\"1\" alt=\"1\" title=\"1\" class=\"1\"");
    }

    @Test
    void cutsSegmentsAtLinesAndSharesTheFiles() {
        Mailing mailing = full();

        List<byte[]> one = mailing.render(JURGEN, MARKS);
        List<byte[]> two = mailing.render(ANA_NAMED, MARKS);

        assertThat(one).hasSize(7)
                .allSatisfy(segment -> assertThat(new String(segment, StandardCharsets.ISO_8859_1)).endsWith("\r\n"));
        assertThat(one.get(1)).isSameAs(two.get(1));
        assertThat(one.get(3)).isSameAs(two.get(3));
    }

    private static final Person ANA_NAMED = new Person("ana@example.org", Map.of("name", "Ana"));

    @Test
    void isSafeForHostsWithoutEightBitWhateverTheBodyHolds() {
        String[] pieces = {"a\rb", "c\nd", "e\r\nf", "\r\r\n", "\n.\n", "\r\n.\r\n", "\0", "\u0085\u2028", "From x\n",
                "=_m_abc", "--=_a_abc.1.sealshop.example\n", "ü",
                "日本語", "🌷", "\ud800", " \n", "\t\r", "x".repeat(1200), "=\n", "\u001b[31m", ".", "\r\nFrom y"};
        java.util.Random random = new java.util.Random(3);
        Mailing mailing = MAILINGS.compile(Samples.source("s", "<p>[[${a}]]</p>", "[[${a}]]"));

        for (int i = 0; i < 3000; i++) {
            StringBuilder value = new StringBuilder("v");
            for (int n = random.nextInt(12); n >= 0; n--) {
                value.append(pieces[random.nextInt(pieces.length)]);
            }
            byte[] mail = bytes(mailing.render(Samples.person("a", value.toString()), MARKS));

            assertWire(mail);
            Multipart parts = (Multipart) parse(mail).getBody();
            assertThat(parts.getBodyParts()).hasSize(2);
            String got = read(parts.getBodyParts().get(0).getBody()).replaceFirst("(\r\n)+$", "");
            String wanted = normal(value.toString()).replaceFirst("(\r\n)+$", "");
            if (!got.equals(wanted)) {
                throw new AssertionError(got.length() + "/" + wanted.length() + "\n"
                        + got.replace("\r\n", "|").replaceAll("x{9,}", "X") + "\n"
                        + wanted.replace("\r\n", "|").replaceAll("x{9,}", "X") + "\n"
                        + new String(mail, StandardCharsets.US_ASCII).replaceAll("x{9,}", "X"));
            }
        }
    }

    private static String normal(String value) {
        String lines = value.replaceAll("\r\n|\r|\n", "\n").replaceAll("[\\x00-\\x08\\x0b-\\x1f\\x7f]", " ")
                .replace("\ud800", "\ufffd");
        lines = lines.replaceFirst("^\n+", "");
        return (lines.endsWith("\n") ? lines : lines + "\n").replace("\n", "\r\n");
    }

    static void assertWire(byte[] mail) {
        int column = 0;
        for (int i = 0; i < mail.length; i++) {
            byte b = mail[i];
            if (b == '\r') {
                check(mail[i + 1] == '\n', mail, i);
            } else if (b == '\n') {
                check(mail[i - 1] == '\r', mail, i);
                column = 0;
                continue;
            } else {
                check(b >= ' ' && b != 0x7f || b == '\t', mail, i);
            }
            check(++column <= 999, mail, i);
        }
        check(mail[mail.length - 1] == '\n', mail, mail.length);
    }

    private static void check(boolean good, byte[] mail, int at) {
        if (!good) {
            throw new AssertionError("at " + at + " in\n" + new String(mail, StandardCharsets.ISO_8859_1));
        }
    }

    /** By IDNA 2008, as the envelope and the signature have it: by the JDK's IDNA 2003 it would be strasse.example, somebody else's. */
    @Test
    void writesDomainsOfOtherScriptsAsTheEnvelopeHasThem() {
        Message mail = parse(bytes(MAILINGS
                .compile(new Source("a", "Shop <news@straße.example>", "hello@σίγμας.example",
                        "Hello", null, new Part("a.txt", "Hello"), List.of(), Map.of(), Map.of(), Map.of()))
                .render(new Person("ana@fußball.example", Map.of()), MARKS)));

        assertThat(mail.getFrom().get(0).getAddress()).isEqualTo("news@xn--strae-oqa.example");
        assertThat(mail.getTo().get(0)).hasToString("ana@xn--fuball-cta.example");
        assertThat(mail.getReplyTo().get(0)).hasToString(
                "hello@" + EmailAddress.parse("hello@σίγμας.example").domain());
    }
}
