package io.caravan.rendering;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Writes one mail: header fields, then {@code mixed(alternative(text, related(html, inline...)), attachments...)} with only the levels
 * that have something to hold (RFC 2045, 2046, 2387).
 *
 * <p>Boundaries come from the Message-ID, so that every attempt has the same bytes; {@code =_} in them never occurs in an encoded body.
 */
final class MimeWriter {

    private static final DateTimeFormatter DATE = DateTimeFormatter
            .ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC); // RFC 5322 section 3.3
    private static final Set<String> OURS = Set.of("date", "from", "to", "cc", "bcc", "sender", "reply-to", "subject",
            "message-id",
            "list-id", "list-unsubscribe", "list-unsubscribe-post", "feedback-id", "mime-version", "return-path");

    private final ByteSink out;
    private final Headers headers;
    private final List<byte[]> segments = new ArrayList<>();
    private String boundary = "";

    MimeWriter(ByteSink out) {
        this.out = out;
        this.headers = new Headers(out);
    }

    void header(Mailbox from, Mailbox to, @Nullable Mailbox replyTo, String subject, Marks marks) {
        headers.structured("Date", date(marks.date()));
        headers.mailbox("From", from.display(), from.address());
        headers.mailbox("To", to.display(), to.address());
        if (replyTo != null) {
            headers.mailbox("Reply-To", replyTo.display(), replyTo.address());
        }
        headers.text("Subject", subject);
        headers.structured("Message-ID", marks.messageId());
        if (!marks.listId().isEmpty()) {
            headers.structured("List-Id", marks.listId().contains("<") ? marks.listId() : "<" + marks.listId() + ">");
        }
        if (!marks.listUnsubscribe().isEmpty()) {
            headers.structured("List-Unsubscribe", marks.listUnsubscribe());
            headers.structured("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"); // RFC 8058 section 3.1
        }
        if (!marks.feedbackId().isEmpty()) {
            headers.structured("Feedback-ID", marks.feedbackId());
        }
        new TreeMap<>(marks.extraHeaders()).forEach(this::extra); // in one order, whatever map it was
        headers.structured("MIME-Version", "1.0");
        boundary = boundary(marks.messageId());
    }

    private static String date(Instant date) {
        return DATE.format(date);
    }

    private void extra(String name, String value) {
        String lower = name.toLowerCase(Locale.ROOT);
        boolean token = !name.isEmpty() && name.length() < 70
                && name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ':'); // RFC 5322 section 2.2
        if (!token || OURS.contains(lower) || lower.startsWith("content-")) {
            throw new RenderingFault(
                    "header " + Headers.clean(name) + ":1: cannot be added; use a name of your own, X-...");
        }
        headers.text(name, value);
    }

    private static String boundary(String messageId) {
        StringBuilder safe = new StringBuilder(50);
        for (int i = 0; i < messageId.length() && safe.length() < 50; i++) {
            char c = messageId.charAt(i);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.'
                    || c == '-';
            if (plain) {
                safe.append(c);
            }
        }
        return safe.toString();
    }

    /** Opens a multipart: its header fields. {@code level} is the letter that tells its boundary from the others'. */
    void open(String subtype, char level, String parameters) {
        out.ascii("Content-Type: multipart/");
        out.ascii(subtype);
        out.ascii(parameters);
        out.ascii(";\r\n boundary=\"=_");
        out.put(level);
        out.put('_');
        out.ascii(boundary);
        out.ascii("\"\r\n\r\n");
    }

    void part(char level) {
        delimiter(level, "\r\n");
    }

    void close(char level) {
        delimiter(level, "--\r\n");
    }

    private void delimiter(char level, String end) {
        out.ascii("--=_");
        out.put(level);
        out.put('_');
        out.ascii(boundary);
        out.ascii(end);
    }

    /** A text part: its header fields and body. Changes control characters in {@code text}. */
    void body(String subtype, CharSink text) {
        int start = out.length();
        describe(subtype, Encoding.SEVEN_BIT);
        if (!SevenBit.wrote(text.chars(), text.length(), out)) {
            out.advance(start);
            Encoding encoding = Encoding.choose(text.chars(), text.length());
            describe(subtype, encoding);
            encoding.write(text.chars(), text.length(), out);
        }
    }

    private void describe(String subtype, Encoding encoding) {
        out.ascii("Content-Type: text/");
        out.ascii(subtype);
        out.ascii("; charset=UTF-8\r\nContent-Transfer-Encoding: ");
        out.ascii(encoding.word);
        out.ascii("\r\n\r\n");
    }

    /** A part that all mails share; not copied. */
    void shared(byte[] part) {
        segments.add(out.take());
        segments.add(part);
    }

    List<byte[]> finish() {
        if (out.length() > 0) {
            segments.add(out.take());
        }
        return List.copyOf(segments);
    }
}
