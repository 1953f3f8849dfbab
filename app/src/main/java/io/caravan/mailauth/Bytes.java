package io.caravan.mailauth;

import java.util.Arrays;

/** A growing array, used again from mail to mail. */
final class Bytes {

    byte[] array = new byte[8 * 1024];
    int length;

    void reserve(int count) {
        if (length + count > array.length) {
            array = Arrays.copyOf(array, Math.max(length + count, array.length * 2));
        }
    }

    void put(byte[] more) {
        put(more, 0, more.length);
    }

    void put(byte[] more, int offset, int count) {
        reserve(count);
        System.arraycopy(more, offset, array, length, count);
        length += count;
    }

    void put(char c) {
        reserve(1);
        array[length++] = (byte) c;
    }

    /** Text that is known to be ASCII. */
    @SuppressWarnings("deprecation") // the one copy without an encoder: exactly the low bytes
    void ascii(String text) {
        reserve(text.length());
        text.getBytes(0, text.length(), array, length);
        length += text.length();
    }
}
