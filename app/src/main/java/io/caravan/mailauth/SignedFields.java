package io.caravan.mailauth;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Which fields of a header a signature covers, and their canonical bytes. Every occurrence is covered, the lowest first (RFC 6376 section
 * 5.4.2). From, To and Subject are named once more than they occur, so that one that is added on the way breaks the signature (5.4).
 */
final class SignedFields {

    private static final int OVERSIGNED = 3;
    /** What a person or a provider acts on; trace fields change on the way. List-Unsubscribe and its Post by RFC 8058 section 4. */
    private static final List<String> NAMES = List.of("From", "To", "Subject", "Date", "Message-ID", "Reply-To",
            "Sender",
            "Cc", "In-Reply-To", "References", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "List-Id",
            "List-Unsubscribe", "List-Unsubscribe-Post", "List-Help", "List-Subscribe", "List-Post", "List-Owner",
            "List-Archive", "Feedback-ID");
    private static final byte[][] WRITTEN = NAMES.stream().map(name -> name.getBytes(StandardCharsets.US_ASCII))
            .toArray(byte[][]::new);
    private static final int LINE = 76;

    private int[] names = new int[16];
    private int[] starts = new int[16];
    private int[] ends = new int[16];
    private int count;
    private byte[] bytes = new byte[0];

    /**
     * Finds the fields.
     *
     * @return where the body begins, past the empty line; the length if there is none, -1 if the header does not end in these bytes
     */
    int read(byte[] mail) {
        bytes = mail;
        count = 0;
        int at = 0;
        while (at < mail.length) {
            if (mail[at] == '\r' && at + 1 < mail.length && mail[at + 1] == '\n') {
                return at + 2;
            }
            int end = fieldEnd(mail, at);
            note(at, end);
            at = end;
        }
        return -1;
    }

    /** Past the CRLF after which no white space follows. */
    private static int fieldEnd(byte[] mail, int from) {
        for (int i = from; i + 1 < mail.length; i++) {
            if (mail[i] == '\r' && mail[i + 1] == '\n'
                    && (i + 2 == mail.length || !Canonicalization.isSpace(mail[i + 2]))) {
                return i + 2;
            }
        }
        return mail.length;
    }

    private void note(int start, int end) {
        int name = name(start, end);
        if (name < 0) {
            return;
        }
        if (count == names.length) {
            names = Arrays.copyOf(names, count * 2);
            starts = Arrays.copyOf(starts, count * 2);
            ends = Arrays.copyOf(ends, count * 2);
        }
        names[count] = name;
        starts[count] = start;
        ends[count++] = end;
    }

    private int name(int start, int end) {
        int colon = start;
        while (colon < end && bytes[colon] != ':') {
            colon++;
        }
        int last = colon;
        while (last > start && Canonicalization.isSpace(bytes[last - 1])) {
            last--;
        }
        for (int i = 0; colon < end && i < WRITTEN.length; i++) {
            if (WRITTEN[i].length == last - start && same(WRITTEN[i], start)) {
                return i;
            }
        }
        return -1;
    }

    private boolean same(byte[] name, int start) {
        for (int i = 0; i < name.length; i++) {
            if (lower(name[i]) != lower(bytes[start + i])) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b;
    }

    /** The value of {@code h=}, folded. @param column where it begins */
    void list(Bytes out, int column) {
        int at = column;
        boolean first = true;
        for (int name = 0; name < WRITTEN.length; name++) {
            for (int times = occurrences(name) + (name < OVERSIGNED ? 1 : 0); times > 0; times--) {
                int length = WRITTEN[name].length + 1;
                if (!first) {
                    out.put(':');
                    if (at + length > LINE) {
                        out.ascii("\r\n  ");
                        at = 2;
                    }
                }
                first = false;
                out.put(WRITTEN[name]);
                at += length;
            }
        }
    }

    private int occurrences(int name) {
        int found = 0;
        for (int i = 0; i < count; i++) {
            found += names[i] == name ? 1 : 0;
        }
        return found;
    }

    /** The canonical bytes in the order of {@link #list}. A name more than there are fields adds nothing. */
    void canonical(Bytes out) {
        for (int name = 0; name < WRITTEN.length; name++) {
            for (int i = count - 1; i >= 0; i--) {
                if (names[i] == name) {
                    out.reserve(Canonicalization.room(ends[i] - starts[i]));
                    out.length = Canonicalization.RELAXED.field(bytes, starts[i], ends[i], out.array, out.length);
                }
            }
        }
    }
}
