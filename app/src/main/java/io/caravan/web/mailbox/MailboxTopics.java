package io.caravan.web.mailbox;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.caravan.mailbox.Mailbox;
import io.caravan.web.LiveTopic;

/** {@code mailbox}: mails come and go. */
@Configuration(proxyBeanMethods = false)
class MailboxTopics {

    @Bean
    LiveTopic mailboxTopic(Mailbox mailbox) {
        return LiveTopic.of("mailbox", _ -> mailbox.stamp());
    }
}
