package io.caravan.mailbox;

import java.time.Instant;

import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

import io.caravan.mail.RowId;

@Table("mailbox_message")
record MessageRow(@Id long id, @Nullable Long runId, @Nullable Integer n, String campaign, String sender,
        String recipient, String fromHeader, String subject, String messageId, int size, Instant receivedAt) {

    Message message() {
        RowId row = runId == null || n == null ? null : new RowId(runId, n);
        return new Message(id, row, campaign, sender, recipient, fromHeader, subject, messageId, size, receivedAt);
    }
}
