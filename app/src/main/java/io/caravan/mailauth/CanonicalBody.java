package io.caravan.mailauth;

/**
 * A body in canonical form, piece by piece (RFC 6376 sections 3.4.3 and 3.4.4). What needs no change goes to the sink in long spans of the
 * caller's own array: nothing is copied and nothing is kept but what the pieces may split, counts of empty lines and single marks.
 */
public final class CanonicalBody {

    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] SPACE = {' '};

    private final boolean relaxed;
    private final Canonicalization.Sink sink;

    private long lineEnds;
    private boolean halfEnd;
    private boolean space;
    private long length;

    CanonicalBody(boolean relaxed, Canonicalization.Sink sink) {
        this.relaxed = relaxed;
        this.sink = sink;
    }

    /** The next piece, from {@code offset}, {@code count} bytes; it may end anywhere, between CR and LF too. */
    public void update(byte[] bytes, int offset, int count) {
        int to = offset + count;
        int from = count > 0 && halfEnd ? afterHalfEnd(bytes, offset) : offset;
        if (from >= to) {
            return;
        }
        if (relaxed) {
            relax(bytes, from, to);
        } else {
            keep(bytes, from, to);
        }
    }

    /** The end of the body. @return the length of the canonical form, in bytes */
    public long finish() {
        if (halfEnd) {
            content();
            emit(CRLF, 0, 1);
            halfEnd = false;
        }
        boolean empty = length == 0;
        if (!empty || !relaxed) {
            // one line end stays, one is added where there was none, and the simple form of nothing is a line end
            emit(CRLF, 0, 2);
        }
        lineEnds = 0;
        space = false;
        return length;
    }

    /** The last piece ended with CR. */
    private int afterHalfEnd(byte[] bytes, int from) {
        halfEnd = false;
        if (bytes[from] == '\n') {
            lineEnds++;
            space = false;
            return from + 1;
        }
        content();
        emit(CRLF, 0, 1);
        return from;
    }

    private void keep(byte[] bytes, int from, int to) {
        int end = to;
        if (bytes[end - 1] == '\r') {
            halfEnd = true;
            end--;
        }
        int ends = 0;
        while (end - 2 >= from && bytes[end - 1] == '\n' && bytes[end - 2] == '\r') {
            end -= 2;
            ends++;
        }
        if (end > from) {
            content();
            emit(bytes, from, end - from);
        }
        lineEnds += ends;
    }

    private void relax(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            byte b = bytes[at];
            if (Canonicalization.isSpace(b)) {
                space = true;
                at++;
            } else if (b == '\r' && at + 1 == to) {
                halfEnd = true;
                at++;
            } else if (b == '\r' && bytes[at + 1] == '\n') {
                lineEnds++;
                space = false;
                at += 2;
            } else {
                int end = spanEnd(bytes, at, to);
                content();
                emit(bytes, at, end - at);
                at = end;
            }
        }
    }

    /** Where the bytes from here on stop being canonical: single spaces and single line ends between words need no change. */
    private static int spanEnd(byte[] bytes, int from, int to) {
        int at = from + 1;
        while (at < to) {
            byte b = bytes[at];
            if (b == '\t') {
                return at;
            }
            if (b == ' ') {
                if (at + 1 == to || isBreak(bytes[at + 1])) {
                    return at;
                }
            } else if (b == '\r') {
                if (at + 1 == to) {
                    return at;
                }
                if (bytes[at + 1] == '\n') {
                    if (at + 2 == to || isBreak(bytes[at + 2])) {
                        return at;
                    }
                    at++;
                }
            }
            at++;
        }
        return to;
    }

    private static boolean isBreak(byte b) {
        return b == ' ' || b == '\t' || b == '\r';
    }

    /** Content follows: what was held back belongs to the body after all. */
    private void content() {
        for (; lineEnds > 0; lineEnds--) {
            emit(CRLF, 0, 2);
        }
        if (space) {
            emit(SPACE, 0, 1);
        }
        space = false;
    }

    private void emit(byte[] bytes, int offset, int count) {
        length += count;
        sink.take(bytes, offset, count);
    }
}
