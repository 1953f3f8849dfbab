package io.caravan.mail;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Signed variable envelope return paths, {@code b+RUN.N.SEAL@bounces.example}: a bounce that comes back to one names its row and
 * cannot be forged.
 */
public final class Verp {

    private static final String PURPOSE = "verp";

    private final Keyed keyed;

    public Verp(Keyed keyed) {
        this.keyed = keyed;
    }

    /** The envelope sender for a row. {@code domain} is the identity's return path domain. */
    public String sender(RowId row, String domain) {
        return "b+" + keyed.token(PURPOSE, row) + "@" + domain;
    }

    /** The row that a bounce's recipient names, or null if it is none of ours. Upper and lower case are the same, since relays change it. */
    public @Nullable RowId row(String address) {
        int at = address.lastIndexOf('@');
        String local = (at < 0 ? address : address.substring(0, at)).toLowerCase(Locale.ROOT);
        return local.startsWith("b+") ? keyed.open(PURPOSE, local.substring(2)) : null;
    }
}
