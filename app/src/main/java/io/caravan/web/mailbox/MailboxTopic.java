package io.caravan.web.mailbox;

import org.springframework.stereotype.Component;

import io.caravan.mailbox.Mailbox;
import io.caravan.web.LiveTopic;

/** {@code mailbox}: mails come and go. */
@Component
class MailboxTopic implements LiveTopic {

    private final Mailbox mailbox;

    MailboxTopic(Mailbox mailbox) {
        this.mailbox = mailbox;
    }

    @Override
    public String name() {
        return "mailbox";
    }

    @Override
    public String stamp(String about) {
        return mailbox.stamp();
    }
}
