package io.caravan.web;

import java.text.NumberFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers and times as the pages write them. */
public final class Words {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("d MMM yyyy, HH:mm:ss", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private static final String BY_ITSELF = "; the rest goes by itself";
    private static final Pattern MOMENT = Pattern
            .compile("\\b\\d{4}-(?:0[1-9]|1[0-2])-(?:[0-2]\\d)T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?Z");

    private static final Pattern PACED = Pattern.compile("paced: ([a-z]+)(?::(\\S+))? (\\d+/[a-z]+)");

    private Words() {
    }

    /** {@code 20,000} */
    public static String number(long number) {
        return NumberFormat.getIntegerInstance(Locale.ENGLISH).format(number);
    }

    /** {@code 24 Nov 2026, 09:00:00 UTC} */
    public static String time(Instant instant) {
        return TIME.format(instant) + " UTC";
    }

    /** {@code 850 ms}, {@code 42 s}, {@code 3 min 20 s}, {@code 2 h 5 min}, {@code 3 d 4 h} */
    public static String duration(Duration time) {
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

    /** A reason as a sentence, so that another may follow it; moments in it as {@link #time} writes them. */
    static String sentence(String reason) {
        String words = MOMENT.matcher(reason).replaceAll(moment -> time(Instant.parse(moment.group())));
        words = words.isEmpty() ? words : Character.toUpperCase(words.charAt(0)) + words.substring(1);
        return words.isEmpty() || words.matches("(?s).*[.!?]") ? words : words + ".";
    }

    /** What holds a lane, plainer than the ledger has it: {@code the campaign's rate of 400/min; the rest goes by itself}. */
    public static String hold(String reason) {
        Matcher paced = PACED.matcher(reason);
        if (!paced.matches()) {
            return reason;
        }
        String name = paced.group(2);
        String whose = switch (paced.group(1)) {
            case "campaign" -> "the campaign's rate of ";
            case "overall" -> "the overall rate of ";
            default -> "the rate of " + paced.group(1) + (name == null ? "" : " " + name) + ", ";
        };
        return whose + paced.group(3) + BY_ITSELF;
    }

    /** All that holds a run, each once, and what is true of several rates said once: {@code the overall rate of 9/s, ...; the rest goes by itself}. */
    public static String holds(Collection<String> reasons) {
        List<String> said = reasons.stream().map(Words::hold).distinct().toList();
        List<String> rates = said.stream().filter(one -> one.endsWith(BY_ITSELF))
                .map(one -> one.substring(0, one.length() - BY_ITSELF.length())).toList();
        List<String> all = new ArrayList<>(said.stream().filter(one -> !one.endsWith(BY_ITSELF)).toList());
        if (!rates.isEmpty()) {
            all.add(String.join("; ", rates) + BY_ITSELF);
        }
        return String.join("; ", all);
    }

    /** {@code 4.6 kB} */
    public static String size(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        if (bytes < 1_000_000) {
            return String.format(Locale.ROOT, "%.1f kB", bytes / 1e3);
        }
        return bytes < 1_000_000_000
                ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
                : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
}
