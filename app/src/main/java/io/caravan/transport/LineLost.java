package io.caravan.transport;

import java.io.IOException;
import java.io.Serial;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.SmtpReply;

/** This connection is of no more use: it broke, timed out, said 421 or talked nonsense. Never leaves the room. */
final class LineLost extends IOException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** The reply that ended it, if it was one. */
    final transient @Nullable SmtpReply reply;

    LineLost(String message) {
        super(message);
        reply = null;
    }

    LineLost(String message, SmtpReply reply) {
        super(message);
        this.reply = reply;
    }

    LineLost(String message, @Nullable IOException cause) {
        super(message, cause);
        reply = null;
    }

    String said() {
        return String.valueOf(getMessage());
    }
}
