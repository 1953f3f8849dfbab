package io.caravan.transport;

import java.io.Serial;

import io.caravan.mail.SmtpReply;

/** A relay does not take our login: at its other addresses it would not either, and it may count how often we try. */
final class LoginRefused extends LineLost {

    @Serial
    private static final long serialVersionUID = 1L;

    LoginRefused(String message, SmtpReply reply) {
        super(message, reply);
    }
}
