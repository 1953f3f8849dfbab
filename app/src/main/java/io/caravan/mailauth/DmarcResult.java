package io.caravan.mailauth;

import java.util.Locale;

/** The results of DMARC (RFC 8601 section 2.7, RFC 9989 section 5.3). */
public enum DmarcResult {
    /** No policy applies: no record, or no author's domain. */
    NONE, PASS, FAIL, TEMPERROR,
    /** The mail has no single author's domain that could be checked. */
    PERMERROR;

    /** As headers say it: lower case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
