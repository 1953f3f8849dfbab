package io.caravan.transport;

import java.io.IOException;
import java.io.Serial;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.EnhancedStatus;
import io.caravan.mail.SmtpReply;

/** The line is not as private as its policy demands. A host that was left for this is asked again later, as the retry rules say. */
final class TlsFailed extends LineLost {

    @Serial
    private static final long serialVersionUID = 1L;

    static final String NOT_OFFERED = "4.7.4"; // RFC 3463 section 3.8: a security feature is not supported
    static final String NOT_VERIFIED = "4.7.5"; // cryptographic failure

    final TlsResult result;

    TlsFailed(String status, TlsResult result, String message) {
        this(status, result, message, null);
    }

    TlsFailed(String status, TlsResult result, String message, @Nullable IOException cause) {
        super(message, status, cause);
        this.result = result;
    }

    TlsFailed(TlsResult result, String message, SmtpReply reply) {
        super(message, reply, isBusy(reply) ? status(reply) : NOT_OFFERED, null);
        this.result = result;
    }

    /** It would say so at any command. */
    private static boolean isBusy(@Nullable SmtpReply reply) {
        return reply != null && reply.code() == 421;
    }

    private static String status(SmtpReply reply) {
        return reply.status().map(EnhancedStatus::toString).orElse("");
    }

    @Override
    NoService noService() {
        return new NoService(said(), reply, status, !isBusy(reply), "");
    }
}
