package io.caravan.pacing;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.BreakerState;

/**
 * What is decided of a lane. Lanes that have none flow at their full rate.
 *
 * @param measure    what opened it, {@code bounce}, {@code complaint} or {@code deferral}; {@code ""}: a person
 * @param until      when an open one lets the trickle go; null: when a person says so
 * @param why        with the numbers
 * @param forced     a person has set it: it is not judged
 * @param note       what the person who set it last said
 * @param countsFrom what was sent before is not counted again; null: all counts
 * @param trial      answers to the trickle, and how many of them were bad
 * @param pace       how far it was slowed down
 */
public record LaneState(int lane, BreakerState state, String measure, Instant since, @Nullable Instant until,
        String why, boolean forced, String note, @Nullable Instant countsFrom, Trial trial, Pace pace) {

    public record Trial(int answers, int bad) {
    }

    /**
     * @param factor 1: not slowed
     * @param base   the rate, a second, that it had when it was slowed first; a lane without a rate of its own goes on from there when it is back
     * @param at     when it was slowed last
     */
    public record Pace(double factor, double base, @Nullable Instant at, String why) {
    }
}
