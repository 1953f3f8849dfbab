package io.caravan.mailbox;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.RowId;

/**
 * A kept mail's line in the list.
 *
 * @param row         the ledger row whose mail it is; null: it came from outside
 * @param size        bytes
 * @param tags        the campaign's, each {@code name=value}
 * @param attachments files that come with it
 */
public record Message(long id, @Nullable RowId row, String campaign, String sender, String recipient, String from,
        String subject,
        String messageId, int size, Instant receivedAt, List<String> tags, int attachments) {
}
