package io.caravan.transport;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.SmtpReply;

/**
 * Why a host took no mail.
 *
 * @param reply    the last it said, if that was why
 * @param status   enhanced, {@code ""}: none
 * @param ofPolicy it was there, but not as private as it must be
 * @param host     whose reply or lack it is; {@code ""}: the one at hand
 */
record NoService(String why, @Nullable SmtpReply reply, String status, boolean ofPolicy, String host) {

    NoService at(String other) {
        return new NoService(why, reply, status, ofPolicy, other);
    }

    static NoService unasked(String why) {
        return new NoService(why, null, "", false, "");
    }
}
