package io.caravan.mailauth;

import java.util.Locale;

/** The state of a chain (RFC 8617 section 4.4). */
public enum ArcResult {
    /** No chain at all. */
    NONE, PASS, FAIL,
    /** A key could not be looked up now. */
    TEMPERROR;

    /** As headers say it: lower case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
