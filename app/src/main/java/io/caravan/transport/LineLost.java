package io.caravan.transport;

import java.io.IOException;
import java.io.Serial;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.EnhancedStatus;
import io.caravan.mail.SmtpReply;

/** This connection is of no more use: it broke, timed out, said 421 or talked nonsense. Never leaves the room. */
class LineLost extends IOException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** The reply that ended it, if it was one. */
    final transient @Nullable SmtpReply reply;
    /** The enhanced status, the host's or ours; {@code ""}: none. */
    final String status;

    LineLost(String message) {
        super(message);
        reply = null;
        status = "";
    }

    LineLost(String message, SmtpReply reply) {
        super(message);
        this.reply = reply;
        status = reply.status().map(EnhancedStatus::toString).orElse("");
    }

    LineLost(String message, @Nullable IOException cause) {
        this(message, "", cause);
    }

    LineLost(String message, String status, @Nullable IOException cause) {
        this(message, null, status, cause);
    }

    LineLost(String message, @Nullable SmtpReply reply, String status, @Nullable IOException cause) {
        super(message, cause);
        this.reply = reply;
        this.status = status;
    }

    /** The same, with the peer said: where a mail goes from host to host, the reason alone does not say which one. */
    LineLost at(String peer) {
        LineLost same = new LineLost(peer + ": " + said(), reply, status, this);
        same.setStackTrace(getStackTrace());
        return same;
    }

    String said() {
        return String.valueOf(getMessage());
    }

    NoService noService() {
        return new NoService(said(), reply, status, false, "");
    }
}
