package io.caravan.rendering;

import java.io.Writer;
import java.util.Arrays;

/** Takes what the engine writes, in one buffer that is used again, and ends it when it grows past the limit. */
final class CharSink extends Writer {

    private static final int KEPT = 1 << 20;

    private char[] chars = new char[16 * 1024];
    private int length;
    private int limit;

    CharSink empty(int most) {
        if (chars.length > KEPT) {
            chars = new char[16 * 1024];
        }
        length = 0;
        limit = most;
        return this;
    }

    char[] chars() {
        return chars;
    }

    int length() {
        return length;
    }

    @Override
    public void write(String text) {
        write(text, 0, text.length());
    }

    @Override
    public void write(String text, int from, int count) {
        int start = room(count);
        text.getChars(from, from + count, chars, start);
    }

    @Override
    public void write(char[] text, int from, int count) {
        int start = room(count);
        System.arraycopy(text, from, chars, start, count);
    }

    @Override
    public void write(int c) {
        int start = room(1);
        chars[start] = (char) c;
    }

    /** Takes blank lines at the beginning away: where the first paragraph was under a test, its distance would stay. */
    void stripLeading() {
        int from = 0;
        while (from < length && (chars[from] == '\n' || chars[from] == '\r')) {
            from++;
        }
        if (from > 0) {
            System.arraycopy(chars, from, chars, 0, length - from);
            length -= from;
        }
    }

    private int room(int count) {
        int start = length;
        if (count > limit - start) {
            throw new RenderingFault(
                    "template:1: the mail is longer than " + limit + " bytes; make the template or its data shorter");
        }
        if (start + count > chars.length) {
            chars = Arrays.copyOf(chars, Math.max(start + count, Math.min(limit, chars.length * 2)));
        }
        length = start + count;
        return start;
    }

    @Override
    public void flush() {
        // nothing is held back
    }

    @Override
    public void close() {
        // used again
    }

    @Override
    public String toString() {
        return new String(chars, 0, length);
    }
}
