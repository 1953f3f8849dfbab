package io.caravan.mail;

import java.util.Locale;

/** The state of a run. Only {@code RUNNING} is claimed from. */
public enum RunState {
    PLANNING, PREFLIGHT, REFUSED, ASKING, RUNNING, PAUSED, FINISHED, CANCELLED;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static RunState of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
