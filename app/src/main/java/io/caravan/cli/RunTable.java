package io.caravan.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;

import io.caravan.mail.RowState;

/** Runs and their counts by state, as a table for people. */
final class RunTable {

    record Line(String campaign, int run, String state, Map<RowState, Long> counts) {
    }

    private RunTable() {
    }

    static void print(List<Line> lines, PrintWriter out) {
        int width = lines.stream().mapToInt(line -> line.campaign().length()).max().orElse(8);
        out.printf("%-" + Math.max(width, 8) + "s  %4s  %-9s  %9s  %s%n", "CAMPAIGN", "RUN", "STATE", "PLANNED",
                "COUNTS");
        for (Line line : lines) {
            long planned = line.counts().values().stream().mapToLong(Long::longValue).sum();
            out.printf("%-" + Math.max(width, 8) + "s  %4d  %-9s  %9d  %s%n", line.campaign(), line.run(), line.state(),
                    planned,
                    counts(line.counts()));
        }
        out.flush();
    }

    /** The states that have rows, as {@code 180 accepted, 2 bounced}. */
    static String counts(Map<RowState, Long> counts) {
        return String.join(", ", counts.entrySet().stream().filter(entry -> entry.getValue() > 0)
                .map(entry -> entry.getValue() + " " + entry.getKey().word()).toList());
    }
}
