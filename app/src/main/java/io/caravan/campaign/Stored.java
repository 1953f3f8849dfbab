package io.caravan.campaign;

import org.jspecify.annotations.Nullable;

/**
 * What became of a campaign file that was stored.
 *
 * @param campaign        as it stands now
 * @param previousVersion 0 if it is new
 * @param opened          the run that was opened at once, since the last one was refused; null otherwise
 */
public record Stored(Campaign campaign, Change change, int previousVersion, Again.Consequence consequence,
        @Nullable Run opened) {

    public enum Change {
        CREATED, CHANGED, UNCHANGED
    }
}
