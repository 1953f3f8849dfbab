package io.caravan.mailauth;

import java.util.Locale;
import java.util.Optional;

/** What a domain's owner asks for mail that fails (RFC 9989 section 4.7, tag {@code p}); in order of severity. */
public enum DmarcPolicy {
    NONE, QUARANTINE, REJECT;

    static Optional<DmarcPolicy> parse(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "none" -> Optional.of(NONE);
            case "quarantine" -> Optional.of(QUARANTINE);
            case "reject" -> Optional.of(REJECT);
            default -> Optional.empty();
        };
    }

    /** One level below: what is asked for while the owner tests ({@code t=y}). */
    DmarcPolicy lower() {
        return this == REJECT ? QUARANTINE : NONE;
    }

    /** As records say it: lower case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
