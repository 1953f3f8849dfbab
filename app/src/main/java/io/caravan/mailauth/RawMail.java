package io.caravan.mailauth;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A mail as bytes, cut into header fields and body, nothing decoded. Files often have bare LF: they become CRLF here, since that is how the
 * mail was signed (RFC 6376 section 5.3). Lines of the header that are no field are left out, as no signature can cover them.
 */
public final class RawMail {

    /** @param name lower case, without white space; the field is {@code bytes[from..to)}, folded, without its last CRLF */
    record Field(String name, byte[] bytes, int from, int to) {

        /** What stands after the colon, folded, one character per byte. */
        String value() {
            int colon = from;
            while (bytes[colon] != ':') {
                colon++;
            }
            return new String(bytes, colon + 1, to - colon - 1, StandardCharsets.ISO_8859_1);
        }
    }

    private final byte[] bytes;
    private final List<Field> fields = new ArrayList<>();
    private final int body;

    private RawMail(byte[] bytes) {
        this.bytes = bytes;
        body = cut();
    }

    /** @param bytes the whole mail, not changed */
    public static RawMail of(byte[] bytes) {
        return new RawMail(withCrLf(bytes));
    }

    /** The envelope sender that the last host wrote on top, {@code <>} for a bounce; empty if no field says it (RFC 5321 section 4.4). */
    public Optional<String> returnPath() {
        return fields("return-path").stream().findFirst().map(field -> TagList.trim(field.value()))
                .filter(path -> !path.isEmpty());
    }

    List<Field> fields() {
        return fields;
    }

    List<Field> fields(String name) {
        return fields.stream().filter(field -> field.name.equals(name)).toList();
    }

    byte[] bytes() {
        return bytes;
    }

    /** Where the body begins; the length of {@link #bytes} if there is none. */
    int body() {
        return body;
    }

    private static byte[] withCrLf(byte[] bytes) {
        int bare = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n' && (i == 0 || bytes[i - 1] != '\r')) {
                bare++;
            }
        }
        if (bare == 0) {
            return bytes;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + bare);
        int from = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n' && (i == 0 || bytes[i - 1] != '\r')) {
                out.write(bytes, from, i - from);
                out.write('\r');
                from = i;
            }
        }
        out.write(bytes, from, bytes.length - from);
        return out.toByteArray();
    }

    private int cut() {
        int at = 0;
        while (at < bytes.length) {
            int end = lineEnd(at);
            if (end == at) {
                return Math.min(bytes.length, at + 2);
            }
            int next = end + 2;
            while (next < bytes.length && Canonicalization.isSpace(bytes[next])) {
                end = lineEnd(next);
                next = end + 2;
            }
            add(at, end);
            at = next;
        }
        return bytes.length;
    }

    private int lineEnd(int from) {
        int at = from;
        while (at < bytes.length && !(bytes[at] == '\n' && at > from && bytes[at - 1] == '\r')) {
            at++;
        }
        return at < bytes.length ? at - 1 : bytes.length;
    }

    private void add(int from, int to) {
        int end = from;
        while (end < to && bytes[end] > ' ' && bytes[end] != ':') {
            end++;
        }
        int colon = end;
        while (colon < to && Canonicalization.isSpace(bytes[colon])) {
            colon++;
        }
        if (end > from && colon < to && bytes[colon] == ':') {
            String name = new String(bytes, from, end - from, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
            fields.add(new Field(name, bytes, from, to));
        }
    }
}
