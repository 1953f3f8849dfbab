package io.caravan.flow;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.caravan.rendering.Shortcoming;

/** What stops the mails of several rows, told once for each cause: a person mends a cause, not a list. */
final class RowFaults {

    /** The same place and the same name in a template; what else the person has may differ. */
    private record Cause(String template, int line, String attribute) {
    }

    private static final class Rows {
        private final String first;
        private final Shortcoming shortcoming;
        private int others;

        private Rows(String first, Shortcoming shortcoming) {
            this.first = first;
            this.shortcoming = shortcoming;
        }

        private String line() {
            String more = others == 0 ? "" : " and " + others + (others == 1 ? " other row" : " other rows");
            return "row " + first + more + ": " + shortcoming;
        }
    }

    private final Map<Cause, Rows> causes = new LinkedHashMap<>();
    private int rows;

    /**
     * @param row   as people call it
     * @param found what stops its mail, perhaps nothing
     */
    void add(String row, List<Shortcoming> found) {
        if (!found.isEmpty()) {
            rows++;
        }
        for (Shortcoming shortcoming : found) {
            Cause cause = new Cause(shortcoming.template(), shortcoming.line(),
                    shortcoming.attribute().isEmpty() ? shortcoming.what() : shortcoming.attribute());
            Rows known = causes.get(cause);
            if (known == null) {
                causes.put(cause, new Rows(row, shortcoming));
            } else if (!known.first.equals(row)) {
                known.others++;
            }
        }
    }

    /** How many rows have a fault. */
    int rows() {
        return rows;
    }

    boolean isEmpty() {
        return causes.isEmpty();
    }

    /** A line for each cause: {@code row 2.1 and 4 other rows: spring.html:3: no value for 'city'; ...}. */
    List<String> lines() {
        return causes.values().stream().map(Rows::line).toList();
    }
}
