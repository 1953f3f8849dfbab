package io.caravan.transport;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;

/**
 * Puts a mail's bytes on the wire as DATA wants them: a dot before each leading dot (RFC 5321 section 4.5.2), CRLF at the end.
 *
 * <p>A CR or LF alone and a NUL become a space: they should never have come this far, and a receiver that takes one for a line's end
 * would let a mail's text speak SMTP (CVE-2023-51764).
 */
final class Content {

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long FOURTEEN = 0x0E0E0E0E0E0E0E0EL;

    private final Wire wire;
    private final Duration wait;
    private boolean lineStart = true;
    private boolean pendingCr;

    private Content(Wire wire, Duration wait) {
        this.wire = wire;
        this.wait = wait;
    }

    /** Everything but the final dot. Content longer than the wire's buffer is partly written when this returns. */
    static void put(List<byte[]> segments, Wire wire, Duration wait) throws LineLost {
        Content content = new Content(wire, wait);
        for (byte[] segment : segments) {
            content.put(segment);
        }
        content.end();
    }

    /** True if some byte is above 127, so that the host must offer 8BITMIME (RFC 6152). */
    static boolean isEightBit(List<byte[]> segments) {
        for (byte[] segment : segments) {
            if (isEightBit(segment)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isEightBit(byte[] bytes) {
        int i = 0;
        long seen = 0;
        for (; i + 8 <= bytes.length; i += 8) {
            seen |= (long) EIGHT.get(bytes, i);
        }
        for (; i < bytes.length; i++) {
            seen |= bytes[i] & 0x80;
        }
        return (seen & HIGH_BITS) != 0;
    }

    private void put(byte[] bytes) throws LineLost {
        int start = 0; // what lies before it is on the wire
        int i = 0;
        if (pendingCr && bytes.length > 0) {
            pendingCr = false;
            if (bytes[0] == '\n') {
                lineEnd();
                i = 1;
                start = 1;
            } else {
                wire.put((byte) ' ', wait);
                lineStart = false;
            }
        }
        while (i < bytes.length) {
            if (lineStart && bytes[i] == '.') {
                wire.put(bytes, start, i, wait);
                wire.put((byte) '.', wait);
                start = i;
            }
            int at = nextControl(bytes, i);
            lineStart = lineStart && at == i;
            if (at == bytes.length) {
                break;
            }
            i = at + 1;
            byte b = bytes[at];
            if (b == '\r' && i < bytes.length && bytes[i] == '\n') {
                i++;
                lineStart = true;
            } else if (b == '\r' && i == bytes.length) {
                wire.put(bytes, start, at, wait);
                start = i;
                pendingCr = true;
            } else {
                lineStart = false;
                if (b == '\r' || b == '\n' || b == 0) {
                    wire.put(bytes, start, at, wait);
                    wire.put((byte) ' ', wait);
                    start = i;
                }
            }
        }
        wire.put(bytes, start, bytes.length, wait);
    }

    private void lineEnd() throws LineLost {
        wire.put((byte) '\r', wait);
        wire.put((byte) '\n', wait);
        lineStart = true;
    }

    private void end() throws LineLost {
        if (pendingCr) {
            wire.put((byte) ' ', wait);
            lineStart = false;
        }
        if (!lineStart) {
            lineEnd();
        }
    }

    /** The first byte from {@code from} on that is below 14 (CR, LF, NUL and a few more), or the length. Eight at a time. */
    private static int nextControl(byte[] bytes, int from) {
        int i = from;
        for (; i + 8 <= bytes.length; i += 8) {
            long eight = (long) EIGHT.get(bytes, i);
            long below = (eight - FOURTEEN) & ~eight & HIGH_BITS;
            if (below != 0) {
                // the lowest flag is exact: a borrow only spoils bytes above a real hit
                return i + (Long.numberOfTrailingZeros(below) >> 3);
            }
        }
        for (; i < bytes.length; i++) {
            if (bytes[i] >= 0 && bytes[i] < 14) {
                return i;
            }
        }
        return bytes.length;
    }
}
