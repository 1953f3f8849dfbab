package io.caravan.web.audience;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import io.caravan.audience.ImportLine;
import io.caravan.audience.Verdict;
import io.caravan.web.Moment;
import io.caravan.web.Words;

/**
 * An import as pages show it.
 *
 * @param list     the list's name
 * @param source   where it came from, in words
 * @param progress {@code 1,000 of 20,000 rows}
 * @param took     in words; "" while it is open
 * @param says     what is going on, or why it ended
 */
public record ImportView(long id, String file, String list, String mode, String state, String source, String progress,
        List<Part> parts, Moment started, String took, String says, boolean open) {

    /** A verdict's share: a piece of the bar, a word and a number. {@code color} names a state's colour. */
    public record Part(String verdict, String color, String count, String x, String width) {
    }

    private static final double WIDTH = 1000;

    static ImportView of(ImportLine line) {
        String end = line.finishedAt() == null
                ? ""
                : "took " + Words.duration(Duration.between(line.startedAt(), line.finishedAt()));
        return new ImportView(line.id(), line.file(), line.list(),
                line.mode().name().toLowerCase(Locale.ROOT), line.state().word(), source(line), progress(line),
                parts(line),
                Moment.at(line.startedAt()), end, says(line), line.open());
    }

    private static String source(ImportLine line) {
        return switch (line.source()) {
            case "upload" -> "uploaded here";
            case "api" -> "by the API";
            default -> "drop folder";
        };
    }

    private static String progress(ImportLine line) {
        String taken = Words.number(line.taken());
        return line.size() == null ? taken + " rows" : taken + " of " + Words.number(line.size()) + " rows";
    }

    private static String says(ImportLine line) {
        @Nullable
        String reason = line.reason();
        return switch (line.state()) {
            case QUEUED -> "Waits for its turn: uploads are taken one after the other.";
            case RUNNING -> "Rows are taken a thousand at a time; those that are in stay in, whatever happens.";
            case FINISHED -> "Every row has its verdict.";
            case REFUSED -> "Refused: " + (reason == null ? "nothing of it was taken." : reason);
            case CANCELLED -> "Cancelled by a person. What was in by then stays in.";
        };
    }

    private static List<Part> parts(ImportLine line) {
        long all = Math.max(1, Math.max(line.taken(), line.size() == null ? 0 : line.size()));
        List<Part> parts = new ArrayList<>();
        double x = 0;
        for (Verdict verdict : Verdict.values()) {
            Long count = line.counts().get(verdict);
            if (count != null) {
                double width = WIDTH * count / all;
                parts.add(new Part(verdict.word(), color(verdict), Words.number(count), digits(x), digits(width)));
                x += width;
            }
        }
        return parts;
    }

    private static String color(Verdict verdict) {
        return switch (verdict) {
            case ACCEPTED -> "accepted";
            case UPDATED -> "sending";
            case UNCHANGED -> "cancelled";
            case DUPLICATE -> "deferred";
            case SUPPRESSED -> "suppressed";
            case INVALID -> "bounced";
        };
    }

    private static String digits(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
