package io.caravan.flow;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.EmailAddress;

/**
 * Who reports after RFC 8460.
 *
 * @param enabled      reports are sent
 * @param from         whose name they are in, and whom to ask; null: nobody is named, and none can be sent
 * @param organization {@code ""}: the domain of that address
 * @param every        how often it is looked whether one is due
 */
public record TlsReporting(boolean enabled, @Nullable EmailAddress from, String organization, Duration every) {

    /** The reporting domain. */
    String submitter() {
        return from == null ? "unnamed.invalid" : from.domain();
    }

    String contact() {
        return from == null ? "" : from.written();
    }

    String named() {
        return organization.isEmpty() ? submitter() : organization;
    }
}
