package io.caravan.intake;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * How the bytes of a file are to be read.
 *
 * <p>In this order: a byte order mark; UTF-16 without one, by where the NULs stand; UTF-8, if the whole file is; else Windows-1252. A file
 * that is UTF-8 but for a few bytes stays UTF-8, and those bytes become U+FFFD, so that they spoil their rows and not every umlaut.
 *
 * @param mark    bytes of the byte order mark to leave out
 * @param damaged true if some bytes are not of this charset
 */
record CsvEncoding(Charset charset, int mark, boolean damaged) {

    static final Charset WINDOWS_1252 = Charset.forName("windows-1252");

    private static final int HEAD = 4096;

    /** Reads {@code in} to its end. */
    static CsvEncoding of(InputStream in) throws IOException {
        byte[] head = in.readNBytes(HEAD);
        CsvEncoding told = marked(head);
        if (told == null) {
            told = byNuls(head);
        }
        if (told != null && told.charset != StandardCharsets.UTF_8) {
            in.transferTo(OutputStream.nullOutputStream()); // the bounds hold for the whole file
            return told;
        }
        Utf8Count count = new Utf8Count();
        count.add(head, head.length);
        byte[] block = new byte[1 << 16];
        for (int read; (read = in.read(block)) > 0;) {
            count.add(block, read);
        }
        count.end();
        if (told != null) {
            return new CsvEncoding(told.charset, told.mark, count.malformed > 0);
        }
        boolean utf8 = count.malformed == 0 || count.wellFormed() > count.malformed;
        return utf8
                ? new CsvEncoding(StandardCharsets.UTF_8, 0, count.malformed > 0)
                : new CsvEncoding(WINDOWS_1252, 0, false);
    }

    private static @Nullable CsvEncoding marked(byte[] head) {
        if (startsWith(head, 0xef, 0xbb, 0xbf)) {
            return new CsvEncoding(StandardCharsets.UTF_8, 3, false);
        }
        if (startsWith(head, 0xff, 0xfe)) {
            return new CsvEncoding(StandardCharsets.UTF_16LE, 2, false);
        }
        return startsWith(head, 0xfe, 0xff) ? new CsvEncoding(StandardCharsets.UTF_16BE, 2, false) : null;
    }

    private static @Nullable CsvEncoding byNuls(byte[] head) {
        int even = 0;
        int odd = 0;
        for (int i = 0; i < head.length; i++) {
            if (head[i] == 0) {
                even += 1 - i % 2;
                odd += i % 2;
            }
        }
        int pairs = head.length / 2;
        if (pairs < 2 || Math.max(even, odd) * 10 < pairs * 4 || Math.min(even, odd) * 10 > pairs) {
            return null;
        }
        return new CsvEncoding(odd > even ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_16BE, 0, false);
    }

    private static boolean startsWith(byte[] head, int... bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (i >= head.length || (head[i] & 0xff) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    /** Counts faults and sequences of more than one byte. */
    private static final class Utf8Count {

        private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        private final CharBuffer sink = CharBuffer.allocate(1 << 16);
        private ByteBuffer kept = ByteBuffer.allocate(0);
        private long leads;
        private long malformed;

        void add(byte[] bytes, int length) {
            for (int i = 0; i < length; i++) {
                int b = bytes[i] & 0xff;
                leads += b >= 0xc2 && b <= 0xf4 ? 1 : 0;
            }
            ByteBuffer input = ByteBuffer.allocate(kept.remaining() + length).put(kept).put(bytes, 0, length).flip();
            decode(input, false);
            kept = ByteBuffer.wrap(Arrays.copyOfRange(input.array(), input.position(), input.limit()));
        }

        void end() {
            decode(kept, true);
        }

        private void decode(ByteBuffer input, boolean last) {
            while (true) {
                sink.clear();
                CoderResult result = decoder.decode(input, sink, last);
                if (result.isError()) {
                    malformed++;
                    input.position(input.position() + result.length());
                } else if (result.isUnderflow()) {
                    return;
                }
            }
        }

        long wellFormed() {
            return leads - malformed;
        }
    }
}
