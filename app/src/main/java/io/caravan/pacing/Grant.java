package io.caravan.pacing;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What the rates let go.
 *
 * @param permits  how many, 0 for none
 * @param tightest the limit that allowed least, null if there was no limit
 * @param retryIn     until the tightest one lets the next go
 */
public record Grant(long permits, @Nullable Limit tightest, Duration retryIn) {
}
