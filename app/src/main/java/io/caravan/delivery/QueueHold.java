package io.caravan.delivery;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A person's order to hold mail back.
 *
 * @param note  who asked for it, or why
 * @param until when it ends by itself; null: when it is released
 * @param over  that time has come, by the database's clock
 */
public record QueueHold(long id, QueueFilter what, String note, Instant since, @Nullable Instant until, boolean over) {

    /** How the reason of such mail begins. */
    public static final String BY_HAND = "held by hand: ";

    /** For rows and pages, in one line. */
    public String reason() {
        return BY_HAND + note;
    }
}
