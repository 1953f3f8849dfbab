package io.caravan.rendering;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The common body: ASCII in lines of moderate length, which goes as it stands ({@code 7bit}, RFC 2045 section 2.7) but for line breaks that
 * become CRLF. Looks at eight bytes at a time; what needs any more thought is left to {@link Encoding}.
 */
final class SevenBit {

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH = 0x8080808080808080L;

    private SevenBit() {
    }

    /** Writes it, ending with CRLF. False: it does not go as it stands, and {@code out} is as it was. */
    static boolean wrote(char[] text, int length, ByteSink out) {
        int start = out.length();
        int raw = start + 2 * length + 2; // behind the longest that it may become
        out.reserve(3 * length + 2 + Long.BYTES);
        byte[] bytes = out.array();
        ByteBuffer ascii = ByteBuffer.wrap(bytes, raw, length);
        StandardCharsets.US_ASCII.newEncoder().encode(CharBuffer.wrap(text, 0, length), ascii, true);
        if (ascii.hasRemaining()) {
            return false;
        }
        EIGHT.set(bytes, raw + length, ' ' * ONES); // so that eight bytes may be read to the end
        if (isOdd(bytes, raw, raw + length)) {
            return false;
        }
        int end = lines(bytes, raw, raw + length, start);
        if (end < 0) {
            return false;
        }
        out.advance(end);
        return true;
    }

    /** True for DEL, and for {@code =_}, with which every boundary begins. */
    private static boolean isOdd(byte[] bytes, int from, int to) {
        long odd = 0;
        long before = 0;
        for (int i = from; i < to; i += Long.BYTES) {
            long eight = (long) EIGHT.get(bytes, i);
            long signs = equal(eight, '=');
            odd |= equal(eight, 0x7f) | (signs << 8 | before) & equal(eight, '_');
            before = signs >>> 56;
        }
        return odd != 0;
    }

    /** The high bit of each byte that is this one. Exact, since all bytes are ASCII: no addition carries. */
    private static long equal(long eight, int one) {
        return ~((eight ^ one * ONES) + 0x7f * ONES) & HIGH;
    }

    /** Copies line after line. Where the last one ended, or -1: a line is too long, or begins with "From ", or holds a control character. */
    private static int lines(byte[] bytes, int from, int end, int to) {
        int at = to;
        int line = from;
        int i = from;
        while (line < end) {
            i = nextControl(bytes, i, end);
            if (i < end && bytes[i] == '\t') {
                i++;
                continue;
            }
            boolean broken = i < end;
            if (broken && bytes[i] != '\n' && bytes[i] != '\r' || i - line > Encoding.LONGEST_PLAIN
                    || isFrom(bytes, line, i)) {
                return -1;
            }
            System.arraycopy(bytes, line, bytes, at, i - line);
            at += i - line;
            bytes[at++] = '\r';
            bytes[at++] = '\n';
            i += broken && bytes[i] == '\r' && i + 1 < end && bytes[i + 1] == '\n' ? 2 : 1;
            line = i;
        }
        if (from == end) {
            bytes[at++] = '\r';
            bytes[at++] = '\n';
        }
        return at;
    }

    private static int nextControl(byte[] bytes, int from, int end) {
        for (int i = from; i < end; i += Long.BYTES) {
            long controls = ~((long) EIGHT.get(bytes, i) + 0x60 * ONES) & HIGH;
            if (controls != 0) {
                return Math.min(i + (Long.numberOfTrailingZeros(controls) >> 3), end);
            }
        }
        return end;
    }

    /** Mailboxes of the mbox kind begin a mail there. */
    private static boolean isFrom(byte[] bytes, int at, int end) {
        return end - at > 4 && bytes[at] == 'F' && bytes[at + 1] == 'r' && bytes[at + 2] == 'o' && bytes[at + 3] == 'm'
                && bytes[at + 4] == ' ';
    }
}
