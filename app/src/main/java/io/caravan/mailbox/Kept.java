package io.caravan.mailbox;

import java.time.Instant;
import java.util.List;

import io.caravan.mail.RowId;

/**
 * A mail to keep.
 *
 * @param sender    envelope sender, {@code ""} for the null sender
 * @param recipient envelope recipient
 * @param from      the header From, decoded
 * @param subject   decoded
 * @param messageId with angle brackets
 * @param source    the whole mail, header and body, in segments
 */
public record Kept(RowId row, String campaign, String sender, String recipient, String from, String subject,
        String messageId,
        List<byte[]> source, Instant receivedAt) {

    int size() {
        int size = 0;
        for (byte[] segment : source) {
            size += segment.length;
        }
        return size;
    }

    byte[] bytes() {
        byte[] whole = new byte[size()];
        int at = 0;
        for (byte[] segment : source) {
            System.arraycopy(segment, 0, whole, at, segment.length);
            at += segment.length;
        }
        return whole;
    }
}
