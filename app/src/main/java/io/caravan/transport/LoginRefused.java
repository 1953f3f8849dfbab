package io.caravan.transport;

import java.io.Serial;

import io.caravan.mail.SmtpReply;

/** A relay does not take our login. */
final class LoginRefused extends LineLost {

    @Serial
    private static final long serialVersionUID = 1L;

    private final boolean forGood;

    LoginRefused(String message, SmtpReply reply) {
        super(message, reply);
        forGood = reply.isPermanent();
    }

    /** At its other addresses it would not either, and it may count how often we try. Else it is this one that cannot now (454, RFC 4954). */
    boolean isForGood() {
        return forGood;
    }
}
