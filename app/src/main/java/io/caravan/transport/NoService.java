package io.caravan.transport;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.SmtpReply;

/**
 * Why a host took no mail.
 *
 * @param reply  the last it said, if that was why
 * @param status enhanced, {@code ""}: none
 */
record NoService(String why, @Nullable SmtpReply reply, String status) {

    /** It was there, but not as private as it must be. */
    boolean isOfPolicy() {
        return reply == null && status.startsWith("4.7.");
    }

    static NoService unasked(String why) {
        return new NoService(why, null, "");
    }
}
