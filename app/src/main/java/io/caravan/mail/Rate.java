package io.caravan.mail;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * So many in a time, written {@code 10/s}, {@code 500/min}, {@code 2000/h}, {@code 20000/day}.
 *
 * @param count at least 1
 */
public record Rate(long count, Duration per) {

    private static final Pattern WRITTEN = Pattern
            .compile("(\\d{1,12})\\s*/\\s*(s|sec|second|min|minute|h|hour|d|day)", Pattern.CASE_INSENSITIVE);

    public Rate {
        if (count < 1) {
            throw new InvalidInput(
                    "a rate of " + count + " would send nothing: give at least 1, or pause the campaign");
        }
    }

    public static Rate parse(String text) {
        Matcher matcher = WRITTEN.matcher(text.strip());
        if (!matcher.matches()) {
            throw new InvalidInput(
                    "'" + text + "' is no rate: write a number and a unit, as in 10/s, 500/min, 2000/h or 20000/day");
        }
        return new Rate(Long.parseLong(matcher.group(1)), switch (matcher.group(2).toLowerCase(Locale.ROOT).charAt(0)) {
            case 's' -> Duration.ofSeconds(1);
            case 'm' -> Duration.ofMinutes(1);
            case 'h' -> Duration.ofHours(1);
            default -> Duration.ofDays(1);
        });
    }

    /** The emission interval of the generic cell rate algorithm, in microseconds, never 0. */
    public long intervalMicros() {
        return Math.max(1, per.toNanos() / 1000 / count);
    }

    @Override
    public String toString() {
        return count + "/" + switch ((int) Math.min(per.toSeconds(), 86400)) {
            case 1 -> "s";
            case 60 -> "min";
            case 3600 -> "h";
            default -> "day";
        };
    }
}
