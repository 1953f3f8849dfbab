package io.caravan.mailauth;

import java.util.Locale;

/** The results of SPF (RFC 7208 section 2.6). */
public enum SpfResult {
    NONE, NEUTRAL, PASS, FAIL, SOFTFAIL, TEMPERROR, PERMERROR;

    /** As headers say it: lower case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
