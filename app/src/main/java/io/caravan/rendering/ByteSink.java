package io.caravan.rendering;

import java.util.Arrays;

/** A growing array of bytes, used again from mail to mail. */
final class ByteSink {

    private static final int KEPT = 1 << 20;

    private byte[] bytes = new byte[32 * 1024];
    private int length;

    void empty() {
        if (bytes.length > KEPT) {
            bytes = new byte[32 * 1024];
        }
        length = 0;
    }

    int length() {
        return length;
    }

    void put(byte[] more) {
        int start = room(more.length);
        System.arraycopy(more, 0, bytes, start, more.length);
    }

    void put(char c) {
        int start = room(1);
        bytes[start] = (byte) c;
    }

    /** Text that is known to be ASCII. */
    @SuppressWarnings("deprecation") // the one copy without an encoder: exactly the low bytes
    void ascii(String text) {
        int start = room(text.length());
        text.getBytes(0, text.length(), bytes, start);
    }

    void newline() {
        int start = room(2);
        bytes[start] = '\r';
        bytes[start + 1] = '\n';
    }

    /** Makes room for so many bytes that the caller writes to {@link #array()} itself; then {@link #advance}. */
    void reserve(int count) {
        room(count);
        length -= count;
    }

    byte[] array() {
        return bytes;
    }

    void advance(int to) {
        length = to;
    }

    /** A copy of what is there, and begin anew. */
    byte[] take() {
        byte[] taken = Arrays.copyOf(bytes, length);
        length = 0;
        return taken;
    }

    private int room(int count) {
        int start = length;
        if (start + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(start + count, bytes.length * 2));
        }
        length = start + count;
        return start;
    }
}
