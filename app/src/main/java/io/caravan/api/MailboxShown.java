package io.caravan.api;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

import io.caravan.mail.RowId;
import io.caravan.mailbox.Message;
import io.caravan.mailbox.StoredMail;

/** Kept mails as programs see them. */
final class MailboxShown {

    private MailboxShown() {
    }

    /**
     * A mail in the list.
     *
     * @param row         the ledger row whose mail it is, RUN.N
     * @param sender      envelope sender, empty for the null sender
     * @param recipient   envelope recipient
     * @param size        bytes
     * @param attachments how many files come with it
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record MailboxLine(long id, @Nullable String row, String campaign, List<String> tags, String sender,
            String recipient, String from, String subject, String messageId, int size, int attachments,
            Instant receivedAt) {

        static MailboxLine of(Message mail) {
            RowId row = mail.row();
            return new MailboxLine(mail.id(), row == null ? null : row.toString(), mail.campaign(), mail.tags(),
                    mail.sender(), mail.recipient(), mail.from(), mail.subject(), mail.messageId(), mail.size(),
                    mail.attachments(), mail.receivedAt());
        }
    }

    /** A header field, decoded and unfolded. */
    record MailboxHeader(String name, String value) {
    }

    /** @param number its place in the address of its bytes */
    record MailboxAttachment(int number, String name, String type, int size) {
    }

    /**
     * A mail taken apart.
     *
     * @param trouble why it could not be read whole; null: it could
     */
    record MailboxDetail(MailboxLine message, List<MailboxHeader> headers, @Nullable String text, @Nullable String html,
            List<MailboxAttachment> attachments, @Nullable String trouble) {

        static MailboxDetail of(Message line, StoredMail mail) {
            return new MailboxDetail(MailboxLine.of(line),
                    mail.headers().stream().map(each -> new MailboxHeader(each.name(), each.value())).toList(),
                    mail.text(), mail.html(),
                    mail.attachments().stream()
                            .map(each -> new MailboxAttachment(each.number(), each.name(), each.type(),
                                    each.bytes().length))
                            .toList(),
                    mail.trouble());
        }
    }

    /** How many mails are gone. */
    record Removed(long removed) {
    }
}
