package io.caravan.mailbox;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

import io.caravan.mail.RowId;

@Table("mailbox_message")
record MessageRow(@Id long id, @Nullable Long runId, @Nullable Integer n, String campaign, String sender,
        String recipient, String fromHeader, String subject, String messageId, int size, Instant receivedAt,
        String tags, int attachments) {

    Message message() {
        RowId row = runId == null || n == null ? null : new RowId(runId, n);
        return new Message(id, row, campaign, sender, recipient, fromHeader, subject, messageId, size, receivedAt,
                tags.isEmpty() ? List.of() : List.of(tags.split("\n")), attachments);
    }
}
