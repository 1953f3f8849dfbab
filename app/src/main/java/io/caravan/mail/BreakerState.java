package io.caravan.mail;

import java.util.Locale;

/** How a lane's breaker stands. {@code CLOSED}: mail flows; {@code OPEN}: all of it waits; {@code HALF_OPEN}: a trickle goes. */
public enum BreakerState {
    CLOSED, OPEN, HALF_OPEN;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static BreakerState of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
