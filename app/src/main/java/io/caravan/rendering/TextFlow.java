package io.caravan.rendering;

/** Lays out plain text: white space collapsed, blank lines between paragraphs, none twice. */
final class TextFlow {

    private static final int LONGEST_LINE = 60;
    private static final int VALUE = 10; // letters that a value counts for, where a width is needed

    private final TextOutput out;
    private final StringBuilder plain = new StringBuilder(); // the same without structure, to compare and to measure
    private int wanted; // newlines to write before the next word
    private int written = 2; // newlines that the text ends with; 2 at the beginning, where none is wanted
    private boolean space;
    private boolean marked; // right after a list mark: what follows stays on its line

    TextFlow(TextOutput out) {
        this.out = out;
    }

    int length() {
        return plain.length();
    }

    String since(int begin) {
        return plain.substring(Math.min(begin, plain.length()));
    }

    void text(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0xAD || c == 0x200B || c == 0x200C || c == 0x200D && i == 0 || c == 0xFEFF || c == 0x34F) {
                continue; // what pads preview lines
            }
            if (Character.isWhitespace(c) || c == 0xA0) {
                space = true;
            } else {
                flush();
                append(String.valueOf(c));
            }
        }
    }

    void value(int number) {
        flush();
        out.value(number);
        plain.append("x".repeat(VALUE));
        written = 0;
        marked = false;
    }

    void newlines(int count) {
        if (!marked) {
            wanted = Math.max(wanted, count - written);
        }
    }

    void lineBreak() {
        wanted = Math.min(wanted + 1, 2);
    }

    /** Writes the newlines that are wanted now, for what may come again or not at all. */
    void breakNow() {
        if (wanted > 0) {
            breakLine();
        }
    }

    void mark(String mark) {
        breakNow();
        append(mark);
        marked = true;
        space = false;
    }

    void cell() {
        if (written == 0 && wanted == 0 && !marked) {
            append(" | ");
            space = false;
            written = 1; // an empty cell gets no second bar
        }
    }

    void underline(int begin, String sign) {
        int width = Math.min(since(begin).strip().length(), LONGEST_LINE);
        if (width > 0) {
            wanted = 1;
            text(sign.repeat(Math.max(width, 3)));
        }
    }

    void open(CharSequence attributes) {
        out.open(attributes);
    }

    void close() {
        out.close();
    }

    String finish() {
        if (written == 0) {
            out.literal("\n");
        }
        return out.toString();
    }

    private void flush() {
        if (wanted > 0) {
            breakLine();
        } else if (space && written == 0 && !marked) {
            append(" ");
        }
        space = false;
    }

    private void breakLine() {
        out.literal("\n".repeat(wanted));
        plain.append("\n".repeat(wanted));
        written += wanted;
        wanted = 0;
        space = false;
        marked = false;
    }

    private void append(String text) {
        out.literal(text);
        plain.append(text);
        written = 0;
        marked = false;
    }
}
