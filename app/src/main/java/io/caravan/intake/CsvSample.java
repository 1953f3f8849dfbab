package io.caravan.intake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import de.siegmar.fastcsv.reader.CsvParseException;

import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;

/**
 * The beginning of a CSV file, for somebody who is to say what its columns are. Unlike {@link CsvSource} it takes a file in which no column
 * is known as the addresses.
 *
 * @param encoding  the name of its charset
 * @param delimiter what separates its cells
 * @param hasHeader false if an address stands in the first record, which is then a person
 * @param first     the cells of the first record that is no comment
 * @param rows      the next few records, cut to a sample's length
 */
public record CsvSample(String encoding, char delimiter, boolean hasHeader, List<String> first,
        List<List<String>> rows) {

    private static final int ROWS = 8;
    private static final int LONGEST = 200;

    /**
     * @throws InvalidInput         if nothing of it can be read as CSV: why, and what to do
     * @throws UncheckedIOException if it cannot be read
     */
    public static CsvSample of(Path file, CsvLimits limits) {
        try {
            CsvText text = CsvText.of(file, limits, List.of());
            try (CsvRecords all = text.records()) {
                List<String> first = text.headerOf(all).cells();
                if (first.size() > limits.columns()) {
                    throw new InvalidInput("it has more than %,d columns: leave out those that no mail needs"
                            .formatted(limits.columns()));
                }
                return new CsvSample(text.encoding().charset().name(), text.dialect().delimiter(),
                        first.stream().noneMatch(CsvSample::isAddress), List.copyOf(first), rows(all));
            }
        } catch (CsvParseException e) {
            throw new InvalidInput(CsvSource.unreadable(file, e), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static List<List<String>> rows(CsvRecords all) {
        List<List<String>> rows = new ArrayList<>();
        for (CsvRecords.CsvRecord record = all.next(); record != null && rows.size() < ROWS; record = all.next()) {
            if (!record.isBlank()) {
                rows.add(record.cells().stream().map(CsvSample::cut).toList());
            }
        }
        return rows;
    }

    private static String cut(String cell) {
        return cell.length() <= LONGEST
                ? cell
                : cell.substring(0, Character.isHighSurrogate(cell.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST) + "…";
    }

    private static boolean isAddress(String cell) {
        try {
            EmailAddress.parse(cell.strip());
            return true;
        } catch (InvalidInput e) {
            return false;
        }
    }

    /** What each column would be by itself: the address as {@code email}, else an attribute name; {@code ""} if nobody can tell. */
    public List<String> suggested() {
        if (!hasHeader) {
            return first.stream().map(cell -> isAddress(cell) ? ColumnNames.EMAIL : "").toList();
        }
        int address = ColumnHeader.addressOf(first);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            names.add(i == address ? ColumnNames.EMAIL : ColumnNames.attribute(first.get(i)));
        }
        return names;
    }

    /** What is wrong with these names for the columns, empty if they will do. */
    public static List<String> problems(List<String> names, CsvLimits limits) {
        try {
            ColumnHeader.of(names, "the mapping", limits, true);
            return List.of();
        } catch (InvalidInput e) {
            return e.problems();
        }
    }
}
