package io.caravan.web;

import java.text.NumberFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Numbers and times as the pages write them. */
final class Words {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("d MMM yyyy, HH:mm:ss", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private Words() {
    }

    /** {@code 20,000} */
    static String number(long number) {
        return NumberFormat.getIntegerInstance(Locale.ENGLISH).format(number);
    }

    /** {@code 24 Nov 2026, 09:00:00 UTC} */
    static String time(Instant instant) {
        return TIME.format(instant) + " UTC";
    }

    /** {@code 850 ms}, {@code 42 s}, {@code 3 min 20 s}, {@code 2 h 5 min}, {@code 3 d 4 h} */
    static String duration(Duration time) {
        long seconds = time.toSeconds();
        if (seconds < 1) {
            return "less than a second";
        }
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return two(seconds / 60, "min", seconds % 60, "s");
        }
        return seconds < 86400
                ? two(seconds / 3600, "h", seconds % 3600 / 60, "min")
                : two(seconds / 86400, "d", seconds % 86400 / 3600, "h");
    }

    private static String two(long first, String unit, long second, String smaller) {
        return first + " " + unit + (second == 0 ? "" : " " + second + " " + smaller);
    }

    /** {@code 4.6 kB} */
    static String size(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        return bytes < 1_000_000
                ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
                : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
