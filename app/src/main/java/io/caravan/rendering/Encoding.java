package io.caravan.rendering;

import java.util.Base64;

/**
 * Writes a body as a host without 8BITMIME takes it (RFC 2045 section 6): 7bit where the text is that already, else quoted-printable or
 * base64, whichever is shorter. Every line break becomes CRLF, and control characters become spaces.
 *
 * <p>No encoded body contains {@code =_}, with which every boundary begins.
 */
enum Encoding {
    SEVEN_BIT("7bit"), QUOTED_PRINTABLE("quoted-printable"), BASE64("base64");

    static final int LONGEST_PLAIN = 990; // RFC 5322 section 2.1.1 has 998
    private static final int LONGEST_ENCODED = 76;
    private static final int MOST_AT_ONCE = 24; // a soft break and a code point of four bytes
    private static final byte[] HEX = "0123456789ABCDEF".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    final String word;

    Encoding(String word) {
        this.word = word;
    }

    /** The best for this text. Replaces in it control characters by spaces, and halves of surrogate pairs by U+FFFD. */
    static Encoding choose(char[] text, int length) {
        int wide = 0;
        int column = 0;
        int longest = 0;
        int signs = 0;
        boolean odd = false;
        for (int i = 0; i < length; i++) {
            char c = text[i];
            if (isSimple(c)) {
                column++;
                continue;
            }
            if (c == '\n' || c == '\r') {
                longest = Math.max(longest, column);
                column = 0;
                continue;
            }
            if (c >= 0x7f) {
                wide += c == 0x7f ? 0 : c < 0x800 ? 2 : 3;
                if (c == 0x7f) {
                    text[i] = ' ';
                } else if (Character.isSurrogate(c)) {
                    if (Character.isHighSurrogate(c) && i + 1 < length && Character.isLowSurrogate(text[i + 1])) {
                        i++;
                        wide++;
                        column++;
                    } else {
                        text[i] = 0xFFFD;
                    }
                }
            } else if (c < ' ') {
                if (c != '\t') {
                    text[i] = ' ';
                }
            } else if (c == '=') {
                signs++;
                odd |= i + 1 < length && text[i + 1] == '_';
            } else if (c == 'F' && column == 0) {
                odd |= i + 4 < length && text[i + 1] == 'r' && text[i + 2] == 'o' && text[i + 3] == 'm'
                        && text[i + 4] == ' ';
            }
            column++;
        }
        longest = Math.max(longest, column);
        if (wide == 0 && !odd && longest <= LONGEST_PLAIN) {
            return SEVEN_BIT;
        }
        long quoted = length + 2L * wide + 2L * signs;
        return quoted * 100 > (length + wide / 2L) * 138L ? BASE64 : QUOTED_PRINTABLE;
    }

    /** Writes it, ending with CRLF. */
    void write(char[] text, int length, ByteSink out) {
        switch (this) {
            case SEVEN_BIT -> plain(text, length, out);
            case QUOTED_PRINTABLE -> quoted(text, length, out);
            case BASE64 -> base64(text, length, out);
        }
    }

    private static void plain(char[] text, int length, ByteSink out) {
        out.reserve(2 * length + 2);
        byte[] bytes = out.array();
        int to = out.length();
        boolean broken = true;
        for (int i = 0; i < length; i++) {
            char c = text[i];
            if (c >= ' ' || c == '\t') {
                bytes[to++] = (byte) c;
                broken = false;
            } else {
                i += c == '\r' && i + 1 < length && text[i + 1] == '\n' ? 1 : 0;
                bytes[to++] = '\r';
                bytes[to++] = '\n';
                broken = true;
            }
        }
        if (!broken || length == 0) {
            bytes[to++] = '\r';
            bytes[to++] = '\n';
        }
        out.advance(to);
    }

    /** Stands for itself wherever it stands. */
    private static boolean isSimple(char c) {
        return c > ' ' && c < 0x7f && c != '=' && c != 'F';
    }

    /** RFC 2045 section 6.7. */
    private static void quoted(char[] text, int length, ByteSink out) {
        byte[] bytes = out.array();
        int to = out.length();
        int column = 0;
        for (int i = 0; i < length; i++) {
            if (bytes.length - to < LONGEST_ENCODED + MOST_AT_ONCE) {
                out.advance(to);
                out.reserve(LONGEST_ENCODED + MOST_AT_ONCE + 2 * (length - i));
                bytes = out.array();
            }
            int run = run(text, i, Math.min(length, i + LONGEST_ENCODED - 1 - column), length, column == 0);
            if (run > 0) {
                for (int end = i + run; i < end; i++) {
                    bytes[to++] = (byte) text[i];
                }
                column += run;
                i--;
                continue;
            }
            char c = text[i];
            if (c == '\r' || c == '\n') {
                i += c == '\r' && i + 1 < length && text[i + 1] == '\n' ? 1 : 0;
                to = broken(bytes, to);
                column = 0;
                continue;
            }
            boolean literal = isLiteral(text, i, length, column == 0);
            int point = c;
            if (Character.isSurrogate(c)) {
                point = Character.toCodePoint(c, text[++i]); // whole: choose() saw to that
            }
            int width = literal ? 1 : 3 * utf8Length(point);
            if (column + width > LONGEST_ENCODED - 1) {
                bytes[to++] = '=';
                to = broken(bytes, to);
                column = 0;
            }
            column += width;
            if (literal) {
                bytes[to++] = (byte) c;
            } else {
                to = escaped(point, bytes, to);
            }
        }
        out.advance(to);
        if (column > 0 || length == 0) {
            out.newline();
        }
    }

    /** How many characters from here on stand for themselves; 0 where that needs a closer look. */
    private static int run(char[] text, int from, int until, int length, boolean begins) {
        int i = from;
        while (i < until && text[i] >= ' ' && text[i] < 0x7f && text[i] != '=') {
            i++;
        }
        boolean ends = i == length || text[i] == '\r' || text[i] == '\n';
        if (i > from && ends && text[i - 1] == ' ') {
            i--;
        }
        return begins && from < length && text[from] == 'F' ? 0 : i - from;
    }

    private static boolean isLiteral(char[] text, int i, int length, boolean begins) {
        char c = text[i];
        if (c == ' ' || c == '\t') {
            return i + 1 < length && text[i + 1] != '\r' && text[i + 1] != '\n';
        }
        return c < 0x7f && c != '=' && !(c == 'F' && begins && i + 1 < length && text[i + 1] == 'r');
    }

    private static int broken(byte[] bytes, int to) {
        bytes[to] = '\r';
        bytes[to + 1] = '\n';
        return to + 2;
    }

    private static int utf8Length(int point) {
        return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    }

    private static int escaped(int point, byte[] bytes, int to) {
        int at = to;
        if (point < 0x80) {
            return hex(point, bytes, at);
        }
        if (point < 0x800) {
            at = hex(0xC0 | point >> 6, bytes, at);
        } else {
            if (point < 0x10000) {
                at = hex(0xE0 | point >> 12, bytes, at);
            } else {
                at = hex(0xF0 | point >> 18, bytes, at);
                at = hex(0x80 | point >> 12 & 0x3F, bytes, at);
            }
            at = hex(0x80 | point >> 6 & 0x3F, bytes, at);
        }
        return hex(0x80 | point & 0x3F, bytes, at);
    }

    private static int hex(int value, byte[] bytes, int to) {
        bytes[to] = '=';
        bytes[to + 1] = HEX[value >> 4];
        bytes[to + 2] = HEX[value & 15];
        return to + 3;
    }

    private static void base64(char[] text, int length, ByteSink out) {
        StringBuilder lines = new StringBuilder(length + length / 16 + 2);
        for (int i = 0; i < length; i++) {
            char c = text[i];
            if (c == '\r' || c == '\n') {
                i += c == '\r' && i + 1 < length && text[i + 1] == '\n' ? 1 : 0;
                lines.append("\r\n");
            } else {
                lines.append(c);
            }
        }
        if (lines.isEmpty() || lines.charAt(lines.length() - 1) != '\n') {
            lines.append("\r\n");
        }
        out.put(base64(lines.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    /** In lines of 76, the last ends with CRLF. */
    static byte[] base64(byte[] content) {
        byte[] encoded = Base64.getMimeEncoder().encode(content);
        byte[] whole = java.util.Arrays.copyOf(encoded, encoded.length + 2);
        whole[encoded.length] = '\r';
        whole[encoded.length + 1] = '\n';
        return whole;
    }
}
