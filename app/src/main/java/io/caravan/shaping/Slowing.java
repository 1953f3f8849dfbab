package io.caravan.shaping;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.Rate;

/**
 * How a lane slows down when its provider asks for it, and comes back: each time to {@code factor} of what it was, then in a straight line up
 * to its full rate. A lane that has none of its own goes on from there, faster and faster, until nothing limits it.
 *
 * @param factor   between 0 and 1
 * @param floor    the smallest share that it is slowed to
 * @param pause    further refusals within that time are of the same moment, and slow it no further
 * @param recovery from nothing to its full rate
 */
public record Slowing(double factor, double floor, Duration pause, Duration recovery) {

    /** To about a thousand times the rate that it had: where that ends, its limit is none that mail could meet. */
    private static final int DOUBLINGS = 10;
    private static final Duration DAY = Duration.ofDays(1);
    private static final List<Duration> UNITS = List.of(Duration.ofSeconds(1), Duration.ofMinutes(1),
            Duration.ofHours(1));
    /** Fewer of a unit are written in the next longer one. */
    private static final int EXACT = 10;

    /** The share of its rate that a lane may use now; 1: it is not slowed. */
    public double now(double slowedTo, @Nullable Instant at, Instant now) {
        return Math.min(1, way(slowedTo, at, now));
    }

    /**
     * The same of a lane that has no rate of its own, in shares of the one that it had: after 1 it doubles {@value #DOUBLINGS} times within
     * {@code recovery}. Infinite: nothing limits it.
     */
    public double beyond(double slowedTo, @Nullable Instant at, Instant now) {
        double way = way(slowedTo, at, now);
        return way < 1 ? way : way < 2 ? Math.pow(2, DOUBLINGS * (way - 1)) : Double.POSITIVE_INFINITY;
    }

    /** How far it has come: 1 after what takes it from nothing to its full rate, 2 after as long again. */
    private double way(double slowedTo, @Nullable Instant at, Instant now) {
        return at == null || isOfAnotherTime(at, now)
                ? Double.POSITIVE_INFINITY
                : slowedTo + Math.max(0, (double) Duration.between(at, now).toMillis() / recovery.toMillis());
    }

    /** What it is slowed to from a share. */
    public double slower(double share) {
        return Math.max(floor, share * factor);
    }

    /** True if refusals are of the same moment as those that it was slowed for. */
    public boolean isFresh(@Nullable Instant at, Instant now) {
        return at != null && at.plus(pause).isAfter(now) && !isOfAnotherTime(at, now);
    }

    /** The clock has gone back since. */
    private boolean isOfAnotherTime(Instant at, Instant now) {
        return at.isAfter(now.plus(pause));
    }

    /** So much of a rate a second, at least one a day; from ten a day on exact to 6 %, since a rate counts whole mails. */
    public static Rate rate(double perSecond, double share) {
        double now = perSecond * share;
        for (Duration unit : UNITS) {
            long count = Math.round(now * unit.toSeconds());
            if (count >= EXACT) {
                return new Rate(count, unit);
            }
        }
        return new Rate(Math.max(1, Math.round(now * DAY.toSeconds())), DAY);
    }
}
