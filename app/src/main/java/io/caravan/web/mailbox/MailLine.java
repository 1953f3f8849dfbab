package io.caravan.web.mailbox;

import io.caravan.mailbox.Message;
import io.caravan.web.Words;

/** A mail's line in the list, in words. */
public record MailLine(long id, String to, String from, String subject, String campaign, String size, String received,
        String receivedAt, String files) {

    static MailLine of(Message mail) {
        return new MailLine(mail.id(), mail.recipient(), mail.from(),
                mail.subject().isBlank() ? "(no subject)" : mail.subject(), mail.campaign(), Words.size(mail.size()),
                Words.time(mail.receivedAt()), mail.receivedAt().toString(), files(mail.attachments()));
    }

    private static String files(int count) {
        return count == 0 ? "" : count == 1 ? "1 file" : count + " files";
    }
}
