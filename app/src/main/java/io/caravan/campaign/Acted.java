package io.caravan.campaign;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What an action did.
 *
 * @param campaign as it stands now
 * @param changed  the runs whose state it changed, as they stand now
 * @param opened   the run that it opened; null if none
 */
public record Acted(Campaign campaign, List<Run> changed, @Nullable Run opened) {
}
