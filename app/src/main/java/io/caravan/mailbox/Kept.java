package io.caravan.mailbox;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

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
 * @param about     what its campaign says of it
 */
public record Kept(RowId row, String campaign, String sender, String recipient, String from, String subject,
        String messageId,
        List<byte[]> source, Instant receivedAt, About about) {

    /**
     * What cannot be read off the mail, or only by taking it apart.
     *
     * @param tags        the campaign's
     * @param attachments files that come with it
     */
    public record About(Map<String, String> tags, int attachments) {
        public static final About NOTHING = new About(Map.of(), 0);

        /** One a line, {@code name=value}: a name or value with a line end could pass for another. */
        String lines() {
            return tags.entrySet().stream().map(tag -> plain(tag.getKey()) + "=" + plain(tag.getValue())).sorted()
                    .collect(Collectors.joining("\n"));
        }

        private static String plain(String text) {
            return text.replaceAll("[\r\n]+", " ");
        }
    }

    /** A mail of which nothing more is known. */
    public Kept(RowId row, String campaign, String sender, String recipient, String from, String subject,
            String messageId, List<byte[]> source, Instant receivedAt) {
        this(row, campaign, sender, recipient, from, subject, messageId, source, receivedAt, About.NOTHING);
    }

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
