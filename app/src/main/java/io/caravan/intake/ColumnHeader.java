package io.caravan.intake;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.InvalidInput;

/**
 * The header of a CSV file.
 *
 * @param attributes attribute names by column, {@code ""} for a column without a name; blank ones at the end are left out
 * @param address    the column of the address
 */
record ColumnHeader(List<String> attributes, int address) {

    private static final Set<String> RESERVED = Set.of("contact", "vars", "campaign", "links", "list");
    private static final int LONGEST_NAME = 100;

    /** The column of the address, or -1. A column {@code address} is it only if no other can be, for it may be a street. */
    static int addressOf(List<String> cells) {
        int fallback = -1;
        for (int i = 0; i < cells.size(); i++) {
            String name = ColumnNames.attribute(cells.get(i));
            if (name.equals(ColumnNames.EMAIL)) {
                return i;
            }
            if (name.equals("address") && fallback < 0) {
                fallback = i;
            }
        }
        return fallback;
    }

    /**
     * @param keepsBlanks blank names at the end are columns too, to be ignored
     * @throws InvalidInput with everything that is wrong with the header
     */
    static ColumnHeader of(List<String> cells, String file, CsvLimits limits, boolean keepsBlanks) {
        List<String> problems = new ArrayList<>();
        if (cells.size() > limits.columns()) {
            throw new InvalidInput(
                    "%s has %,d columns and at most %,d are taken: leave out those that no mail needs".formatted(file,
                            cells.size(), limits.columns()));
        }
        int address = addressOf(cells);
        if (address < 0) {
            problems.add(file + " has no column of addresses; its columns are " + quoted(cells)
                    + (cells.stream().anyMatch(cell -> cell.contains("@"))
                            ? ": its first line seems to be a person already; put a line with the names of the columns"
                                    + " above it, one of them 'email'"
                            : ": name one 'email', or name the columns in the campaign file (audience.columns)"));
        }
        List<String> names = new ArrayList<>();
        Map<String, String> seen = new HashMap<>();
        for (int i = 0; i < cells.size(); i++) {
            String cell = cells.get(i).strip();
            String name = i == address ? ColumnNames.EMAIL : ColumnNames.attribute(cell);
            names.add(name);
            if (!name.isEmpty()) {
                check(file, cell, name, seen.putIfAbsent(name, cell), problems);
            }
        }
        while (!keepsBlanks && !names.isEmpty() && names.getLast().isEmpty()) {
            names.removeLast();
        }
        if (!problems.isEmpty()) {
            throw new InvalidInput(problems);
        }
        return new ColumnHeader(List.copyOf(names), address);
    }

    private static void check(String file, String cell, String name, @Nullable String twin,
            List<String> problems) {
        if (twin != null) {
            problems.add(file + ": the columns '" + twin + "' and '" + cell + "' would both be the attribute '" + name
                    + "': rename or remove one");
        }
        if (RESERVED.contains(name)) {
            problems.add(file + ": a column cannot be called '" + cell
                    + "', which means something else in templates: rename it, to '"
                    + name + "_name' for instance");
        }
        if (name.length() > LONGEST_NAME || name.codePoints().anyMatch(Character::isISOControl)) {
            problems.add(file + ": the column '" + cell.substring(0, Math.min(cell.length(), 40))
                    + "' has a name of more than "
                    + LONGEST_NAME + " characters or with control characters: rename it");
        }
    }

    private static String quoted(List<String> cells) {
        List<String> shown = cells.stream().limit(20)
                .map(c -> "'" + c.strip().substring(0, Math.min(c.strip().length(), 40)) + "'")
                .toList();
        return String.join(", ", shown) + (cells.size() > 20 ? ", ..." : "");
    }
}
