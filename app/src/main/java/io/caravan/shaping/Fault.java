package io.caravan.shaping;

import java.util.Locale;

/** Whose fault a refusal is. Only the recipient's can ever suppress a person. */
public enum Fault {
    RECIPIENT, OURS,
    /** The provider's mood: its load, its habits, its faults. */
    PROVIDER;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
