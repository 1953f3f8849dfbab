package io.caravan.flow;

import java.nio.charset.StandardCharsets;

import io.caravan.mail.Finished;
import io.caravan.rendering.HeaderText;

/** A header field of a finished mail as people read it. */
final class MailHeader {

    private MailHeader() {
    }

    static String decoded(Finished mail, String name) {
        String head = new String(mail.content().getFirst(), StandardCharsets.UTF_8);
        return HeaderText.decoded(head, name);
    }
}
