package io.caravan.rendering;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The one writer of header fields. Whatever a value holds, it becomes one field: control characters and the line and paragraph
 * separators of Unicode become spaces, what is not ASCII (or looks like an encoded word) is encoded by RFC 2047, long fields are folded.
 */
final class Headers {

    private static final int LINE = 76;
    private static final int LONGEST_WORD = 400;
    private static final int LONGEST_QUOTED = 60;
    private static final String ENCODED = "=?UTF-8?";

    private final ByteSink out;

    Headers(ByteSink out) {
        this.out = out;
    }

    /** Free text: Subject, and any header of others. */
    void text(String name, String value) {
        out.ascii(name);
        out.ascii(": ");
        String clean = clean(value);
        if (plain(clean)) {
            words(clean, name.length() + 2);
        } else {
            encoded(clean, name.length() + 2);
        }
        out.newline();
    }

    /** A value with a grammar of its own that must not be encoded: Message-ID, Date, List-Unsubscribe. Not ASCII becomes ?. */
    void structured(String name, String value) {
        out.ascii(name);
        out.ascii(": ");
        words(ascii(clean(value)), name.length() + 2);
        out.newline();
    }

    /** One mailbox (RFC 5322 section 3.4). The address is written as it stands; who calls has checked it. */
    void mailbox(String name, String display, String address) {
        out.ascii(name);
        out.ascii(": ");
        int column = phrase(clean(display), name.length() + 2);
        byte[] bytes = address.getBytes(StandardCharsets.UTF_8);
        if (column > name.length() + 2) {
            out.ascii(column + bytes.length + 3 > LINE ? "\r\n " : " ");
            out.put('<');
            out.put(bytes);
            out.put('>');
        } else {
            out.put(bytes);
        }
        out.newline();
    }

    private int phrase(String display, int column) {
        if (display.isEmpty()) {
            return column;
        }
        if (!plain(display) || display.length() > LONGEST_QUOTED) {
            return encoded(display, column);
        }
        boolean atoms = display.chars()
                .allMatch(c -> c == ' ' || Character.isLetterOrDigit(c) || "!#$%&'*+-/=?^_`{|}~".indexOf(c) >= 0);
        String written = atoms && !display.contains("  ")
                ? display
                : '"' + display.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        out.ascii(written);
        return column + written.length();
    }

    /** Without control characters, trimmed. */
    static String clean(String value) {
        int first = 0;
        while (first < value.length() && !unfit(value.charAt(first))) {
            first++;
        }
        if (first == value.length()) {
            return value.strip();
        }
        char[] chars = value.toCharArray();
        for (int i = first; i < chars.length; i++) {
            if (unfit(chars[i])) {
                chars[i] = ' ';
            }
        }
        return new String(chars).strip();
    }

    static boolean unfit(char c) {
        return c < ' ' || c >= 0x7f && c <= 0x9f || c == 0x2028 || c == 0x2029;
    }

    private static String ascii(String value) {
        return isAscii(value, 0)
                ? value
                : new String(value.getBytes(StandardCharsets.US_ASCII), StandardCharsets.US_ASCII);
    }

    /** From there to the end, and no DEL. */
    static boolean isAscii(String value, int from) {
        for (int i = from; i < value.length(); i++) {
            if (value.charAt(i) >= 0x7f) {
                return false;
            }
        }
        return true;
    }

    /** May stand as it is: ASCII, no encoded word to be mistaken for, no word that could not be folded. */
    private static boolean plain(String value) {
        int word = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            word = c == ' ' ? 0 : word + 1;
            if (c >= 0x7f || word > LONGEST_WORD || c == '?' && i > 0 && value.charAt(i - 1) == '=') {
                return false;
            }
        }
        return true;
    }

    /** Folds before a space wherever the next word would pass the line's end; no line is blank, since the value is trimmed. */
    private void words(String value, int from) {
        int column = from;
        int at = 0;
        while (at < value.length()) {
            int word = at;
            while (word < value.length() && value.charAt(word) == ' ') {
                word++;
            }
            int end = value.indexOf(' ', word);
            end = end < 0 ? value.length() : end;
            if (column + end - at > LINE && at > 0 && word > at) {
                out.newline();
                column = 0;
            }
            out.ascii(value.substring(at, end));
            column += end - at;
            at = end;
        }
    }

    /** RFC 2047: words of at most 75 characters, cut between code points, one a line but for the first. Returns the column. */
    private int encoded(String value, int from) {
        boolean base64 = value.chars().filter(c -> c >= 0x7f).count() * 3 > value.length();
        int column = from;
        boolean first = true;
        for (String chunk : chunks(value, base64, LINE - Math.min(from, 40))) {
            if (!first) {
                out.ascii("\r\n ");
                column = 1;
            }
            first = false;
            out.ascii(chunk);
            column += chunk.length();
        }
        return column;
    }

    private static List<String> chunks(String value, boolean base64, int room) {
        List<String> chunks = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        int bytes = 0;
        int left = room;
        for (int at = 0; at < value.length();) {
            int point = value.codePointAt(at);
            point = point >= 0xD800 && point <= 0xDFFF ? 0xFFFD : point;
            String next = base64 ? new String(Character.toChars(point)) : quoted(point);
            int more = base64 ? next.getBytes(StandardCharsets.UTF_8).length : next.length();
            int length = base64 ? (bytes + more + 2) / 3 * 4 : bytes + more;
            if (length + ENCODED.length() + 4 > Math.min(left, 75)) {
                chunks.add(word(word, base64));
                word.setLength(0);
                bytes = 0;
                left = 75;
            }
            word.append(next);
            bytes += more;
            at += Character.charCount(value.codePointAt(at));
        }
        chunks.add(word(word, base64));
        return chunks;
    }

    private static String word(CharSequence content, boolean base64) {
        String body = base64
                ? Base64.getEncoder().encodeToString(content.toString().getBytes(StandardCharsets.UTF_8))
                : content.toString();
        return ENCODED + (base64 ? "B?" : "Q?") + body + "?=";
    }

    /** The Q encoding with the few characters that are safe in a phrase too (RFC 2047 section 5, rule 3). */
    private static String quoted(int point) {
        if (point == ' ') {
            return "_";
        }
        if (point < 0x7f && (Character.isLetterOrDigit(point) || "!*+-/".indexOf(point) >= 0)) {
            return String.valueOf((char) point);
        }
        StringBuilder text = new StringBuilder();
        for (byte b : new String(Character.toChars(point)).getBytes(StandardCharsets.UTF_8)) {
            text.append('=').append(Character.forDigit(b >> 4 & 15, 16)).append(Character.forDigit(b & 15, 16));
        }
        return text.toString().toUpperCase(java.util.Locale.ROOT);
    }

    /** A parameter of a MIME field, after a semicolon on a line of its own (RFC 2231 sections 3 and 4 where it must). */
    static String parameter(String name, String value) {
        String clean = clean(value);
        if (clean.length() < LONGEST_QUOTED && isAscii(clean, 0)) {
            return ";\r\n " + name + "=\"" + clean.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
        }
        StringBuilder all = new StringBuilder();
        StringBuilder line = new StringBuilder("UTF-8''");
        int number = 0;
        byte[] bytes = clean.getBytes(StandardCharsets.UTF_8);
        boolean single = bytes.length * 3 < LONGEST_QUOTED;
        for (byte b : bytes) {
            if (line.length() > LONGEST_QUOTED) {
                all.append(";\r\n ").append(name).append('*').append(number++).append("*=").append(line);
                line.setLength(0);
            }
            int c = b & 0xff;
            if (c < 0x7f && (Character.isLetterOrDigit(c) || "-._".indexOf(c) >= 0)) {
                line.append((char) c);
            } else {
                line.append('%').append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        String last = single ? "*=" : "*" + number + "*=";
        return all.append(";\r\n ").append(name).append(last).append(line).toString();
    }
}
