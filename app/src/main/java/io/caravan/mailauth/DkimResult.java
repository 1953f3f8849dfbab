package io.caravan.mailauth;

import java.util.Locale;

/** What became of a signature (RFC 6376 section 3.9, words of RFC 8601 section 2.7.1). */
public enum DkimResult {
    /** No signature at all. */
    NONE, PASS,
    /** The mail or the signature was changed, or it is too weak to count (RFC 8301). */
    FAIL,
    /** The signature or its key cannot be used. */
    PERMERROR,
    /** The key could not be looked up now. */
    TEMPERROR;

    /** As headers say it: lower case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
