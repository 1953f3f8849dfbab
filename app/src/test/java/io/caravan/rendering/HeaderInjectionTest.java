package io.caravan.rendering;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.apache.james.mime4j.dom.Message;
import org.apache.james.mime4j.dom.address.Mailbox;
import org.junit.jupiter.api.Test;

import static io.caravan.rendering.Samples.MAILINGS;
import static io.caravan.rendering.Samples.MARKS;
import static io.caravan.rendering.Samples.bytes;
import static io.caravan.rendering.Samples.parse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** No field of a person can add a header or a recipient. */
class HeaderInjectionTest {

    private static final List<String> EXPECTED = List.of("Date", "From", "To", "Reply-To", "Subject", "Message-ID",
            "List-Id", "List-Unsubscribe",
            "List-Unsubscribe-Post", "Feedback-ID", "X-Extra", "MIME-Version", "Content-Type");
    private static final String[] BREAKS = {"\r\n", "\n", "\r", "\0", "\u0085", "\u2028", "\u2029", "\u000b", "\f",
            "\r\n ", "\r\n\r\n", "\n\n", " ", "\t", "\u00a0",
            "\r\r\n", "\u001b", "\u007f", "\ufeff", "\u202e"};
    private static final String[] HOSTILE = {"Bcc: evil@example.com", "To: evil@example.com", "Subject: x",
            "=?UTF-8?Q?a=0D=0ABcc:_evil@example.com?=",
            "=?UTF-8?B?DQpCY2M6IGV2aWxAZXhhbXBsZS5jb20=?=", "=?utf-8?q?=22_=3Cevil@example.com=3E?=",
            "<evil@example.com>", ", evil@example.com", "; evil@example.com",
            "\"", "\\", "\\\"", "(comment", ")", "evil@example.com,", "group: a@b, c@d;", "Ana", "Söhne", "日本語", "🌷",
            "\ud83c", "x".repeat(1000), "é".repeat(700),
            "a b ".repeat(300), "Content-Type: text/html", ".", "--=_a_", "%0d%0aBcc: x", "\\r\\nBcc: x", "__${7*7}__",
            "[[${7*7}]]"};

    @Test
    void addsNeitherHeaderNorRecipientInTenThousandCases() {
        Mailing mailing = MAILINGS.compile(Samples.source("To [[${first_name} ?: '']] [[${subject} ?: '']]",
                "<p>[[${body} ?: '']]</p>", "[[${body} ?: '']]"));
        Random random = new Random(42);
        String[] fields = {"name", "first_name", "subject", "body", "extra", "listunsubscribe", "feedback", "listid",
                "messageid"};

        for (int i = 0; i < 10_000; i++) {
            String field = fields[i % fields.length];
            String value = hostile(random, i);
            Map<String, String> attributes = new HashMap<>(Map.of("name", "Ana"));
            attributes.put(field, value);
            Marks marks = new Marks(field.equals("messageid") ? "<x" + value + "@y>" : MARKS.messageId(), MARKS.date(),
                    "u", "v", "p",
                    field.equals("listid") ? value + "x" : "id",
                    field.equals("listunsubscribe") ? "<https://x/" + value + ">" : "<https://x/>",
                    field.equals("feedback") ? "f" + value : "f",
                    Map.of("X-Extra", field.equals("extra") ? value : "e"));

            byte[] mail = bytes(mailing.render(new Person("ana@example.org", attributes), marks));

            Message parsed = parse(mail);
            if (!parsed.getHeader().getFields().stream().map(one -> one.getName()).toList().equals(EXPECTED)) {
                throw new AssertionError(
                        field + "\n" + value + "\n" + new String(mail, java.nio.charset.StandardCharsets.UTF_8));
            }
            assertThat(parsed.getTo()).hasSize(1);
            assertThat(((Mailbox) parsed.getTo().get(0)).getAddress()).isEqualTo("ana@example.org");
            assertThat(parsed.getFrom()).hasSize(1);
            if (!field.startsWith("list") && !field.equals("feedback") && !field.equals("messageid")) {
                MimeTest.assertWire(mail);
            }
            String decoded = parsed.getSubject();
            if (field.equals("subject")) {
                assertThat(decoded).isEqualTo(Headers.clean("To  " + value).replaceAll(
                        "[\\ud800-\\udfff](?<![\\ud800-\\udbff][\\udc00-\\udfff])(?![\\udc00-\\udfff])", "\ufffd"));
            }
        }
    }

    private static String hostile(Random random, int i) {
        StringBuilder value = new StringBuilder(i % 3 == 0 ? "" : "Ana");
        for (int n = random.nextInt(6); n >= 0; n--) {
            value.append(BREAKS[random.nextInt(BREAKS.length)]).append(HOSTILE[random.nextInt(HOSTILE.length)]);
        }
        return i % 2_000 == 7 ? value + "y".repeat(100_000) : value.toString();
    }

    @Test
    void keepsNamesAsTheyAre() {
        for (String name : List.of("O'Brien & Söhne <x>", "a, b", "\"q\" \\ (c)", "=?UTF-8?Q?x?=", "plain name",
                "x".repeat(300), "日本語 山田太郎".repeat(20), "a  b", "A.B.", "🌷")) {
            Message parsed = parse(bytes(MAILINGS.compile(Samples.text("x"))
                    .render(new Person("ana@example.org", Map.of("name", name)), MARKS)));

            assertThat(((Mailbox) parsed.getTo().get(0)).getName()).isEqualTo(name);
        }
    }

    @Test
    void refusesAddressesThatCouldBeReadAsAnythingElse() {
        Mailing mailing = MAILINGS.compile(Samples.text("x"));

        for (String address : List.of("a@b\r\nBcc: c@d", "a@b, c@d", "a@b,c@d", "<a@b>", "a b@c", "a@b>", "a(c)@b",
                "\"a\"b\"@c", "a@b\u2028", "a@b\u0085", "@b", "a@", "", "a@b;c@d",
                "g:a@b", "a@b@c", "\"a\r\n\"@b", "\"a\\\n\"@b", "\"a\\\"@b", "a\u00a0@b")) {
            assertThatThrownBy(() -> mailing.render(new Person(address, Map.of()), MARKS)).as(address)
                    .isInstanceOf(RenderingFault.class);
        }
    }

    @Test
    void takesUnusualAddresses() {
        Mailing mailing = MAILINGS.compile(Samples.text("x"));

        for (String address : List.of("\"a b\"@example.org", "\"a@b\"@example.org", "o'brien+x=y@example.org",
                "\"a\\\"b\"@example.org", "a@[192.0.2.1]")) {
            Message parsed = parse(bytes(mailing.render(new Person(address, Map.of()), MARKS)));
            assertThat(parsed.getTo()).as(address).hasSize(1);
            assertThat(parsed.getHeader().getField("To").getBody()).isEqualTo(address);
        }
    }
}
