package io.caravan.pacing;

import io.caravan.mail.Rate;

/**
 * A rate and the scope that it holds for.
 *
 * @param scope {@code overall}, {@code campaign:ID}, {@code identity:NAME}, {@code relay:NAME} or {@code lane:ID}
 * @param share of what is asked for that counts, above 0 to 1: a relay that has one mail of four lets four go for one
 */
public record Limit(String scope, Rate rate, double share) {

    /** All that is asked for counts. */
    public Limit(String scope, Rate rate) {
        this(scope, rate, 1);
    }

    /** What one permit costs, in microseconds. */
    long interval() {
        return Math.max(1, Math.round(rate.intervalMicros() * share));
    }

    /** How many emission intervals fit into the burst: one second of rate, at least 1. */
    long burst() {
        return Math.max(1, 1_000_000 / interval());
    }

    /**
     * How many may go at {@code now} (generic cell rate algorithm, ITU-T I.371 annex A, in its virtual scheduling form).
     *
     * @param tat theoretical arrival time of the next one, microseconds
     */
    long permits(long tat, long now) {
        long free = now + burst() * interval() - Math.max(tat, now);
        return Math.max(0, free / interval());
    }

    /**
     * The arrival time as it can have come about at this rate and by this clock: never further off than what it lets go at once takes.
     * One that lies further off is of a clock that has gone back since, or of a lower rate: nothing has to wait for it.
     */
    long bounded(long tat, long now) {
        return Math.min(tat, now + Math.max(1_000_000, rate.intervalMicros()));
    }

    /** The arrival time after {@code n} have gone. */
    long after(long tat, long now, long n) {
        return Math.max(tat, now) + n * interval();
    }
}
