package io.caravan.intake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

import de.siegmar.fastcsv.reader.CsvParseException;

import io.caravan.mail.InvalidInput;

/**
 * A CSV file that can be taken: its encoding, delimiter and header are known, and it was read to its end once, so that nothing found
 * later can refuse it as a whole after rows of it were taken.
 */
public final class CsvSource {

    private final Path file;
    private final CsvLimits limits;
    private final CsvText text;
    private final ColumnHeader header;
    private final boolean ignoresUnnamed;
    private final long headerLine;
    private final long records;

    private CsvSource(Path file, CsvLimits limits, CsvColumns columns, long most) throws IOException {
        this.file = file;
        this.limits = limits;
        ignoresUnnamed = columns.mapped();
        text = CsvText.of(file, limits, columns.header() ? List.of() : columns.names());
        try (CsvRecords all = text.records()) {
            long line = 0;
            List<String> names = columns.names();
            if (columns.header()) {
                CsvRecords.CsvRecord first = text.headerOf(all);
                line = first.line();
                names = names.isEmpty() ? first.cells() : names;
            }
            headerLine = line;
            header = ColumnHeader.of(names, text.name(), limits, ignoresUnnamed);
            records = all.count(most);
        }
    }

    /**
     * @param file    {@code .csv}, {@code .tsv}, either also packed with gzip; the content decides, not the name
     * @param columns what the columns are called in a file without a header row; empty: the first record is the header
     * @throws InvalidInput         if the file cannot be taken as a whole: why, and what to do
     * @throws UncheckedIOException if it cannot be read
     */
    public static CsvSource open(Path file, CsvLimits limits, List<String> columns) {
        return open(file, limits, CsvColumns.of(columns));
    }

    /**
     * The same for a file whose columns somebody named.
     *
     * @throws InvalidInput as above
     */
    public static CsvSource open(Path file, CsvLimits limits, CsvColumns columns) {
        return open(file, limits, columns, Long.MAX_VALUE);
    }

    /**
     * The same for somebody who reads no more than the first rows: what is wrong further on is not found.
     *
     * @throws InvalidInput as above
     */
    public static CsvSource beginning(Path file, CsvLimits limits, List<String> columns, long rows) {
        return open(file, limits, CsvColumns.of(columns), rows);
    }

    private static CsvSource open(Path file, CsvLimits limits, CsvColumns columns, long most) {
        try {
            return new CsvSource(file, limits, columns, most);
        } catch (CsvParseException e) {
            throw new InvalidInput(unreadable(file, e), e);
        } catch (UncheckedIOException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    static String unreadable(Path file, CsvParseException e) {
        String message = String.valueOf(e.getMessage());
        int place = message.lastIndexOf("line ");
        String where = place < 0
                ? ""
                : " in the record that begins on " + message.substring(place).replaceAll("[^a-z0-9 ].*", "");
        return file.getFileName() + ": a quote is not closed" + where + ", or a cell there is longer than "
                + CsvRecords.LONGEST_CELL / (1 << 20)
                + " million characters: close the quote, or write a quote inside a cell twice";
    }

    /** Attribute names in the order of the columns, the address as {@code email}; {@code ""} for a column without a name. */
    public List<String> attributes() {
        return header.attributes();
    }

    /** Rows below the header, blank lines not counted; of a beginning, of that alone. */
    public long size() {
        return records;
    }

    /** The rows in order, reading the file as they are asked for. Close it. */
    public CsvRows rows() {
        try {
            CsvEncoding encoding = text.encoding();
            boolean replaced = encoding.damaged() || encoding.charset().equals(CsvEncoding.WINDOWS_1252);
            return new CsvRows(text.records(), new CsvRowReader(header, limits,
                    replaced ? encoding.charset().name() : "", ignoresUnnamed),
                    headerLine, text.dialect().declared() ? 1 : 0);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
