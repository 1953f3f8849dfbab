package io.caravan.rendering;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A run of text cut at its {@code [[...]]} and {@code [(...)]}.
 *
 * @param source an expression's source; null for literal text
 * @param line   where the piece begins
 */
record Inline(String text, @Nullable String source, int line) {

    /** @param line where the text begins */
    static List<Inline> cut(String text, int line) {
        List<Inline> pieces = new ArrayList<>();
        int from = 0;
        int here = line;
        boolean[] gone = new boolean[2]; // no ]] (no )]) follows any more: not to be looked for from every opening again
        for (int open = opening(text, 0); open >= 0; open = opening(text, open)) {
            int kind = text.charAt(open + 1) == '[' ? 0 : 1;
            int end = gone[kind] ? -1 : closing(text, open);
            if (end < 0) {
                gone[kind] = true;
                open++;
                continue;
            }
            pieces.add(new Inline(text.substring(from, open), null, here));
            here += lines(text, from, open);
            pieces.add(new Inline(text.substring(open, end + 2), text.substring(open + 2, end), here));
            here += lines(text, open, end);
            from = end + 2;
            open = from;
        }
        pieces.add(new Inline(text.substring(from), null, here));
        return pieces;
    }

    private static int opening(String text, int from) {
        for (int i = Math.max(from, 0); i + 1 < text.length(); i++) {
            if (text.charAt(i) == '[' && (text.charAt(i + 1) == '[' || text.charAt(i + 1) == '(')) {
                return i;
            }
        }
        return -1;
    }

    /** Where the expression that opens here closes, outside of texts in quotes; -1 if it does not. */
    private static int closing(String text, int open) {
        String end = text.charAt(open + 1) == '[' ? "]]" : ")]";
        boolean quoted = false;
        for (int i = open + 2; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quoted) {
                i++;
            } else if (c == '\'') {
                quoted = !quoted;
            } else if (!quoted && text.startsWith(end, i)) {
                return i;
            }
        }
        return text.indexOf(end, open + 2);
    }

    static int lines(String text, int from, int until) {
        int lines = 0;
        for (int i = text.indexOf('\n', from); i >= 0 && i < until; i = text.indexOf('\n', i + 1)) {
            lines++;
        }
        return lines;
    }
}
