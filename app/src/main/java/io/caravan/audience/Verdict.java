package io.caravan.audience;

import java.util.Locale;

/** What became of one row of an import. */
public enum Verdict {
    /** A new contact. */
    ACCEPTED,
    /** A known contact, some attributes changed. */
    UPDATED,
    /** A known contact, as it was. */
    UNCHANGED,
    /** The same address as an earlier row of the file: nothing of this row was taken. */
    DUPLICATE,
    /** Taken as a contact, but not to be mailed. */
    SUPPRESSED,
    /** Not taken. */
    INVALID;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Verdict of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
