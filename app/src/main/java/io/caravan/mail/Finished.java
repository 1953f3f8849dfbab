package io.caravan.mail;

import java.util.List;

/**
 * A finished mail: rendered, complete, the same bytes at every attempt.
 *
 * @param row       whose it is
 * @param batch     the open batch that carries it
 * @param attempt   1 for the first
 * @param identity  the sending identity's name
 * @param list      the mailing list that it goes to, {@code ""} for none (suppressions may be scoped to it)
 * @param route     where to: {@code mailbox}, {@code relay:A} or {@code relay:A,relay:B}
 * @param messageId with angle brackets
 * @param content   header and body, CRLF line ends, not dot-stuffed, ends with CRLF; segments may be shared between mails and
 *                  must not be changed. A segment always begins at a line's start
 */
public record Finished(RowId row, BatchId batch, int attempt, Envelope envelope, String identity, String list,
        String route,
        String messageId, List<byte[]> content) {

    /** Bytes of the content as it stands. */
    public long size() {
        long size = 0;
        for (byte[] segment : content) {
            size += segment.length;
        }
        return size;
    }
}
