package io.caravan.campaign;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/** What becomes of mail that is to be sent again, as its run and its campaign stand. */
public enum Onward {
    NOW(null), WHEN_RESUMED(null), RUN_CANCELLED("the run was cancelled"), CAMPAIGN_CANCELLED(
            "the campaign was cancelled");

    private final @Nullable String why;

    Onward(@Nullable String why) {
        this.why = why;
    }

    /** False: the mail is cancelled. */
    public boolean goes() {
        return why == null;
    }

    /** Why the mail is cancelled. */
    public String why() {
        return Objects.requireNonNull(why, "it goes");
    }
}
