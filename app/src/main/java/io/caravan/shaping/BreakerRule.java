package io.caravan.shaping;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import io.caravan.mail.Rate;
import io.caravan.mail.RowState;

/**
 * When a lane's mail is held for how it fares: numbers in, decisions out.
 *
 * @param measure   {@code bounce}, {@code complaint} or {@code deferral}
 * @param threshold the share, 0 to 1, above which it opens
 * @param minimum   with fewer answers than that nothing is said
 * @param window    how far back answers count
 * @param pause     how long an open lane waits before its trickle
 * @param trickle   how much goes while it is tried
 * @param bad       outcomes that are counted against it
 * @param of        outcomes that they are a share of, the bad ones included
 */
public record BreakerRule(String measure, double threshold, int minimum, Duration window, Duration pause, Rate trickle,
        Set<RowState> bad, Set<RowState> of) {

    private static final int TRIAL = 20;
    private static final DateTimeFormatter TODAY = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** What the trickle's answers say so far. */
    public enum Trial {
        OPEN, HEALTHY, BAD
    }

    /**
     * Why the lane must be held, {@code 12.0 % bounced of 430 since 09:00, threshold 5 %, trickle from 10:30 (UTC)}; empty: it need not.
     *
     * @param since the first answer that was counted
     */
    public Optional<String> trips(long bad, long all, Instant since, Instant now) {
        if (all < minimum || bad <= threshold * all) {
            return Optional.empty();
        }
        return Optional.of(said(bad, all) + " since " + clock(since, now) + ", threshold " + percent(threshold)
                + ", trickle from " + clock(now.plus(pause), now) + " (UTC)");
    }

    /** Ends as soon as enough answers are in, or too many bad ones for any that may still come. */
    public Trial trial(int answers, int bad) {
        int enough = Math.min(minimum, Math.max(TRIAL, (int) Math.ceil(1 / threshold)));
        if (bad > threshold * Math.max(answers, enough)) {
            return Trial.BAD;
        }
        return answers >= enough ? Trial.HEALTHY : Trial.OPEN;
    }

    /** Of a trickle that fared badly. */
    public String tripsAgain(int bad, int answers, Instant now) {
        return said(bad, answers) + " in the trickle, threshold " + percent(threshold) + ", next trickle from "
                + clock(now.plus(pause), now) + " (UTC)";
    }

    /** {@code 12.0 % bounced of 430}. */
    public String said(long bad, long all) {
        return String.format(Locale.ROOT, "%.1f %% %s of %d", all == 0 ? 0 : 100.0 * bad / all, word(), all);
    }

    private String word() {
        return switch (measure) {
            case "bounce" -> "bounced";
            case "deferral" -> "deferred";
            default -> "complained";
        };
    }

    private static String clock(Instant at, Instant now) {
        boolean near = at.isAfter(now.minus(Duration.ofHours(12))) && at.isBefore(now.plus(Duration.ofHours(12)));
        return (near ? TODAY : DAY).format(at);
    }

    /** {@code 5 %}, {@code 0.1 %}. */
    public static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f", share * 100).replaceAll("\\.?0+$", "") + " %";
    }
}
