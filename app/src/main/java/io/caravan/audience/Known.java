package io.caravan.audience;

import org.jspecify.annotations.Nullable;

/** What the tables know of an address before its chunk. {@code contact} is 0 for a stranger, the other ids for none. */
record Known(long contact, String written, int version, @Nullable String attributes, boolean member, long earlierRow,
        long suppression) {

    static final Known NOBODY = new Known(0, "", 0, null, false, 0, 0);
}
