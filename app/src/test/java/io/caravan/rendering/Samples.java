package io.caravan.rendering;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.apache.james.mime4j.dom.Message;
import org.apache.james.mime4j.dom.TextBody;
import org.apache.james.mime4j.message.DefaultMessageBuilder;
import org.apache.james.mime4j.stream.MimeConfig;

/** Mailings and people for the tests of this package. */
final class Samples {

    static final Mailings MAILINGS = new Mailings(MailLimits.DEFAULT);
    static final Marks MARKS = new Marks("<abc.1.seal@shop.example>", Instant.parse("2026-12-01T08:00:00Z"),
            "https://shop.example/u/t0ken",
            "https://shop.example/v/t0ken", "https://shop.example/p/t0ken", "news.shop.example",
            "<https://shop.example/u/t0ken>",
            "spring:shop:caravan", Map.of());
    static final Person ANA = new Person("ana@example.org", Map.of("first_name", "Ana"));

    private Samples() {
    }

    static Source html(String html) {
        return source("Hello", html, null);
    }

    static Source text(String text) {
        return source("Hello", null, text);
    }

    static Source source(String subject, String html, String text) {
        return new Source("spring-2026", "Ana's Shop <news@shop.example>", "hello@shop.example", subject,
                html == null ? null : new Part("spring.html", html), text == null ? null : new Part("spring.txt", text),
                List.of(), Map.of(),
                Map.of("year", 2026, "items",
                        List.of(Map.of("name", "Tea", "price", 9.5), Map.of("name", "Cup & saucer", "price", 12)),
                        "open", true, "none", List.of()),
                Map.of("season", "spring"));
    }

    static Mailing mailing(String html) {
        return MAILINGS.compile(html(html));
    }

    /** The HTML that the person reads, the body of {@code <p>...</p>} around the template. */
    static String htmlOf(String template, Person person) {
        return MAILINGS.compile(html(template)).preview(person, MARKS).html();
    }

    static String textOf(String template, Person person) {
        return MAILINGS.compile(text(template)).preview(person, MARKS).text();
    }

    static Person person(String... namesAndValues) {
        java.util.Map<String, String> attributes = new java.util.HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            attributes.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return new Person("ana@example.org", attributes);
    }

    static byte[] bytes(List<byte[]> segments) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        segments.forEach(all::writeBytes);
        return all.toByteArray();
    }

    static Message parse(byte[] mail) {
        DefaultMessageBuilder builder = new DefaultMessageBuilder();
        builder.setMimeEntityConfig(MimeConfig.custom().setMaxHeaderLen(-1).setMaxLineLen(-1).setMaxHeaderCount(-1)
                .setStrictParsing(true).build());
        try {
            return builder.parseMessage(new ByteArrayInputStream(mail));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(org.apache.james.mime4j.dom.Body body) {
        try {
            return new String(((TextBody) body).getInputStream().readAllBytes(),
                    java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
