package io.caravan.rendering;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads back what the header writer wrote: a field unfolded, its encoded words (RFC 2047) decoded. */
public final class HeaderText {

    private static final Pattern WORD = Pattern.compile("=\\?([^?\\s]+)\\?([bBqQ])\\?([^?\\s]*)\\?=(\\s+(?==\\?))?");

    private HeaderText() {
    }

    /**
     * The first field of this name as people read it, {@code ""} if there is none.
     *
     * @param head the header section, CRLF line ends; what follows an empty line is not looked at
     */
    public static String decoded(String head, String name) {
        int end = head.indexOf("\r\n\r\n");
        String[] lines = (end < 0 ? head : head.substring(0, end)).split("\r\n");
        for (int i = 0; i < lines.length; i++) {
            if (lines[i].regionMatches(true, 0, name + ":", 0, name.length() + 1)) {
                StringBuilder value = new StringBuilder(lines[i].substring(name.length() + 1));
                while (i + 1 < lines.length && isFolded(lines[i + 1])) {
                    value.append(lines[++i]);
                }
                return words(value.toString().strip());
            }
        }
        return "";
    }

    private static boolean isFolded(String line) {
        return line.startsWith(" ") || line.startsWith("\t");
    }

    private static String words(String text) {
        return WORD.matcher(text)
                .replaceAll(word -> Matcher.quoteReplacement(word(word.group(1), word.group(2), word.group(3))));
    }

    private static String word(String charset, String encoding, String text) {
        try {
            byte[] bytes = encoding.equalsIgnoreCase("b") ? Base64.getDecoder().decode(text) : quoted(text);
            return new String(bytes, Charset.forName(charset));
        } catch (IllegalArgumentException e) {
            boolean unknown = e instanceof UnsupportedCharsetException || e instanceof IllegalCharsetNameException;
            return unknown ? "[" + charset + "]" : text;
        }
    }

    private static byte[] quoted(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        byte[] in = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < in.length; i++) {
            if (in[i] == '=' && i + 2 < in.length) {
                bytes.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                bytes.write(in[i] == '_' ? ' ' : in[i]);
            }
        }
        return bytes.toByteArray();
    }
}
