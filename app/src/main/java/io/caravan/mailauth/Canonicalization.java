package io.caravan.mailauth;

/**
 * The two forms in which DKIM hashes a mail (RFC 6376 section 3.4). Only CRLF ends a line here: whoever reads a file with bare LF turns them
 * first. White space is space and tab.
 */
public enum Canonicalization {

    /** As it stands (3.4.1, 3.4.3). */
    SIMPLE,
    /** Names in lower case, lines unfolded, white space reduced (3.4.2, 3.4.4). */
    RELAXED;

    private static final int ROOM_FOR_CRLF = 2;

    /** Takes canonical bytes, {@code MessageDigest::update} or {@code Signature::update} for one; must not keep the array. */
    @FunctionalInterface
    public interface Sink {

        void take(byte[] bytes, int offset, int length);
    }

    /** A body on its way through: feed it with {@link CanonicalBody#update}, end it with {@link CanonicalBody#finish}. */
    public CanonicalBody body(Sink sink) {
        return new CanonicalBody(this == RELAXED, sink);
    }

    /** The bytes that {@link #field} may need for a field of this length. */
    public static int room(int length) {
        return length + ROOM_FOR_CRLF;
    }

    /**
     * Writes one header field, ended by CRLF.
     *
     * @param field holds the field from {@code from} (its name) to {@code to}, folded or not, with its own last CRLF or without
     * @param out where to; from {@code at} on it has {@link #room} for the field
     * @return the index after the last byte written
     */
    public int field(byte[] field, int from, int to, byte[] out, int at) {
        int end = lastField(field, from, to, out, at);
        out[end] = '\r';
        out[end + 1] = '\n';
        return end + 2;
    }

    /** As {@link #field}, without the CRLF: the form in which a signature covers its own field (RFC 6376 section 3.7). */
    public int lastField(byte[] field, int from, int to, byte[] out, int at) {
        int end = to - from >= 2 && field[to - 2] == '\r' && field[to - 1] == '\n' ? to - 2 : to;
        if (this == RELAXED) {
            return relaxed(field, from, end, out, at);
        }
        System.arraycopy(field, from, out, at, end - from);
        return at + end - from;
    }

    private static int relaxed(byte[] field, int from, int to, byte[] out, int at) {
        int colon = from;
        while (colon < to && field[colon] != ':') {
            colon++;
        }
        int nameEnd = colon;
        while (nameEnd > from && isSpace(field[nameEnd - 1])) {
            nameEnd--;
        }
        int end = at;
        for (int i = from; i < nameEnd; i++) {
            byte b = field[i];
            out[end++] = b >= 'A' && b <= 'Z' ? (byte) (b + ('a' - 'A')) : b;
        }
        if (colon == to) {
            return end;
        }
        out[end++] = ':';
        return reduced(field, colon + 1, to, out, end);
    }

    /** The value: no white space at its ends, one space for each run of it, line ends inside gone. */
    private static int reduced(byte[] field, int from, int to, byte[] out, int at) {
        int end = at;
        boolean space = false;
        for (int i = from; i < to; i++) {
            byte b = field[i];
            if (isSpace(b)) {
                space = true;
            } else if (b == '\r' && i + 1 < to && field[i + 1] == '\n') {
                i++;
            } else {
                if (space && end > at) {
                    out[end++] = ' ';
                }
                space = false;
                out[end++] = b;
            }
        }
        return end;
    }

    static boolean isSpace(byte b) {
        return b == ' ' || b == '\t';
    }
}
