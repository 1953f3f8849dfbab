package io.caravan.intake;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;

import de.siegmar.fastcsv.reader.CsvParseException;

/**
 * What separates the cells of a file, found in its beginning: the delimiter by which a header names a column of addresses, else the one
 * by which most rows have as many cells as the first.
 *
 * @param declared true if the first line says it, as {@code sep=;} does for one spreadsheet program
 */
record CsvDialect(char delimiter, boolean declared) {

    private static final char[] KNOWN = {',', ';', '\t', '|'};
    private static final int RECORDS = 20;

    static CsvDialect of(String beginning, boolean whole, List<String> columns, CsvLimits limits) {
        if (beginning.length() >= 5 && beginning.regionMatches(true, 0, "sep=", 0, 4)
                && (beginning.length() == 5 || beginning.charAt(5) == '\r' || beginning.charAt(5) == '\n')) {
            return new CsvDialect(beginning.charAt(4), true);
        }
        char best = ',';
        double most = 0;
        for (char candidate : KNOWN) {
            double score = score(records(beginning, whole, candidate, limits), columns);
            if (score > most) {
                best = candidate;
                most = score;
            }
        }
        return new CsvDialect(best, false);
    }

    private static List<List<String>> records(String beginning, boolean whole, char delimiter, CsvLimits limits) {
        List<List<String>> records = new ArrayList<>();
        try {
            CsvRecords parsed = new CsvRecords(new StringReader(beginning), delimiter, limits);
            for (CsvRecords.CsvRecord r = parsed.next(); r != null && records.size() <= RECORDS; r = parsed.next()) {
                if (!r.isBlank() && !r.cells().getFirst().startsWith("# ")) {
                    records.add(r.cells());
                }
            }
            if (!whole && records.size() > 1 && records.size() <= RECORDS) {
                records.removeLast(); // the beginning may end in the middle of it
            }
        } catch (CsvParseException e) {
            // the beginning ends inside a quoted cell: what came before it says enough
        }
        return records;
    }

    private static double score(List<List<String>> records, List<String> columns) {
        if (records.isEmpty() || records.getFirst().size() < 2) {
            return 0;
        }
        int width = columns.isEmpty() ? records.getFirst().size() : columns.size();
        double alike = records.stream().filter(r -> r.size() == width).count() / (double) records.size();
        boolean named = columns.isEmpty() && ColumnHeader.addressOf(records.getFirst()) >= 0;
        return (named ? 1000 : 0) + alike * 100 + Math.min(width, 50) / 100.0;
    }
}
