package io.caravan.shaping;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowId;

/**
 * When a deferred mail is tried again: after {@code first}, then each time {@code factor} times longer, never longer than {@code max},
 * until {@code expire} after its first attempt (RFC 5321 section 4.5.4.1).
 *
 * @param factor at least 1
 */
public record RetrySchedule(Duration first, double factor, Duration max, Duration expire) {

    private static final double SPREAD = 0.1;

    public RetrySchedule {
        if (first.isNegative() || first.isZero() || max.compareTo(first) < 0 || !(factor >= 1) || expire.isNegative()) {
            throw new InvalidInput(
                    "caravan.retry: first (" + first + ") must be longer than nothing, max_interval (" + max
                            + ") not shorter than first, factor (" + factor + ") at least 1, and expire (" + expire
                            + ") not negative");
        }
    }

    /**
     * The time of the next attempt. Spread by up to a tenth either way, always the same for a row and attempt, so that what was deferred
     * together does not come back together. The last attempt is at the moment of expiry.
     *
     * @param attempts made so far, at least 1
     * @param now      when the last of them ended
     * @return empty: it has expired
     */
    public Optional<Instant> next(RowId row, int attempts, Instant firstAttempt, Instant now) {
        Instant end = firstAttempt.plus(expire);
        if (!now.isBefore(end)) {
            return Optional.empty();
        }
        double millis = Math.min(max.toMillis(), first.toMillis() * Math.pow(factor, Math.max(0, attempts - 1)))
                * spread(row, attempts);
        Instant due = now.plusMillis(Math.max(1, Math.round(millis)));
        return Optional.of(due.isBefore(end) ? due : end);
    }

    private static double spread(RowId row, int attempts) {
        long mixed = (row.run() * 31 + row.n()) * 31 + attempts;
        mixed = (mixed ^ (mixed >>> 33)) * 0xff51afd7ed558ccdL; // a 64-bit finaliser: neighbours must land far apart
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        double between = (mixed >>> 11) * 0x1.0p-53;
        return 1 - SPREAD + 2 * SPREAD * between;
    }
}
