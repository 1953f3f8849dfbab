package io.caravan.pacing;

import io.caravan.mail.Rate;

/**
 * A rate and the scope that it holds for.
 *
 * @param scope {@code overall}, {@code campaign:ID}, {@code identity:NAME}, {@code relay:NAME} or {@code lane:ID}
 */
public record Limit(String scope, Rate rate) {

    /** How many emission intervals fit into the burst: one second of rate, at least 1. */
    long burst() {
        return Math.max(1, 1_000_000 / rate.intervalMicros());
    }

    /**
     * How many may go at {@code now} (generic cell rate algorithm, ITU-T I.371 annex A, in its virtual scheduling form).
     *
     * @param tat theoretical arrival time of the next one, microseconds
     */
    long permits(long tat, long now) {
        long interval = rate.intervalMicros();
        long free = now + burst() * interval - Math.max(tat, now);
        return Math.max(0, free / interval);
    }

    /** The arrival time after {@code n} have gone. */
    long after(long tat, long now, long n) {
        return Math.max(tat, now) + n * rate.intervalMicros();
    }
}
