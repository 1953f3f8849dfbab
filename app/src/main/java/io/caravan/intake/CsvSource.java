package io.caravan.intake;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Path;
import java.util.List;

import de.siegmar.fastcsv.reader.CsvParseException;

import io.caravan.mail.InvalidInput;

/**
 * A CSV file that can be taken: its encoding, delimiter and header are known, and it was read to its end once, so that nothing found
 * later can refuse it as a whole after rows of it were taken.
 */
public final class CsvSource {

    private static final int BEGINNING = 1 << 16;

    private final Path file;
    private final CsvLimits limits;
    private final CsvEncoding encoding;
    private final CsvDialect dialect;
    private final ColumnHeader header;
    private final boolean headerGiven;
    private final long headerLine;
    private final long records;

    private CsvSource(Path file, CsvLimits limits, List<String> columns) throws IOException {
        this.file = file;
        this.limits = limits;
        headerGiven = !columns.isEmpty();
        try (CsvBytes bytes = new CsvBytes(file, limits)) {
            encoding = CsvEncoding.of(bytes);
        }
        try (Reader text = text()) {
            char[] beginning = new char[BEGINNING];
            int length = fill(text, beginning);
            dialect = CsvDialect.of(new String(beginning, 0, length), length < BEGINNING, columns, limits);
        }
        try (CsvRecords all = records()) {
            long line = 0;
            List<String> names = columns;
            if (!headerGiven) {
                CsvRecords.CsvRecord first = headerOf(all);
                line = first.line();
                names = first.cells();
            }
            headerLine = line;
            header = ColumnHeader.of(names, name(), limits);
            records = count(all);
        }
    }

    /**
     * @param file    {@code .csv}, {@code .tsv}, either also packed with gzip; the content decides, not the name
     * @param columns what the columns are called in a file without a header row; empty: the first record is the header
     * @throws InvalidInput         if the file cannot be taken as a whole: why, and what to do
     * @throws UncheckedIOException if it cannot be read
     */
    public static CsvSource open(Path file, CsvLimits limits, List<String> columns) {
        try {
            return new CsvSource(file, limits, columns);
        } catch (CsvParseException e) {
            throw new InvalidInput(unreadable(file, e), e);
        } catch (UncheckedIOException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static String unreadable(Path file, CsvParseException e) {
        String message = String.valueOf(e.getMessage());
        int place = message.lastIndexOf("line ");
        String where = place < 0
                ? ""
                : " in the record that begins on " + message.substring(place).replaceAll("[^a-z0-9 ].*", "");
        return file.getFileName() + ": a quote is not closed" + where + ", or a cell there is longer than "
                + CsvRecords.LONGEST_CELL / (1 << 20)
                + " million characters: close the quote, or write a quote inside a cell twice";
    }

    /** Lines that begin with # may stand before the header, as other programs write them, unless they are the header. */
    private CsvRecords.CsvRecord headerOf(CsvRecords all) {
        for (CsvRecords.CsvRecord record = all.next(); record != null; record = all.next()) {
            boolean comment = record.cells().getFirst().startsWith("#") && ColumnHeader.addressOf(record.cells()) < 0;
            if (!record.isBlank() && !comment) {
                if (record.tooLong() != null && record.cells().size() <= limits.columns()) {
                    throw new InvalidInput(name() + ": the header row is too long: " + record.tooLong());
                }
                return record;
            }
        }
        throw new InvalidInput(name() + " is empty: its first line must name the columns, one of them 'email'");
    }

    private static long count(CsvRecords all) {
        long count = 0;
        for (CsvRecords.CsvRecord record = all.next(); record != null; record = all.next()) {
            count += record.isBlank() ? 0 : 1;
        }
        return count;
    }

    private static int fill(Reader text, char[] chars) throws IOException {
        int length = 0;
        for (int read; length < chars.length && (read = text.read(chars, length, chars.length - length)) > 0;) {
            length += read;
        }
        return length;
    }

    private CsvRecords records() throws IOException {
        Reader text = text();
        if (dialect.declared()) {
            return new CsvRecords(new AfterFirstLine(text), dialect.delimiter(), limits);
        }
        return new CsvRecords(text, dialect.delimiter(), limits);
    }

    private Reader text() throws IOException {
        CsvBytes bytes = new CsvBytes(file, limits);
        bytes.readNBytes(encoding.mark());
        return new BufferedReader(new InputStreamReader(bytes, encoding.charset().newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE).onUnmappableCharacter(CodingErrorAction.REPLACE)),
                1 << 15);
    }

    private String name() {
        return String.valueOf(file.getFileName());
    }

    /** Attribute names in the order of the columns, the address as {@code email}; {@code ""} for a column without a name. */
    public List<String> attributes() {
        return header.attributes();
    }

    /** Rows below the header, blank lines not counted. */
    public long size() {
        return records;
    }

    /** The rows in order, reading the file as they are asked for. Close it. */
    public CsvRows rows() {
        try {
            boolean replaced = encoding.damaged() || encoding.charset().equals(CsvEncoding.WINDOWS_1252);
            return new CsvRows(records(), new CsvRowReader(header, limits, replaced ? encoding.charset().name() : ""),
                    headerLine,
                    dialect.declared() ? 1 : 0);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** Leaves out the line that declares the delimiter. */
    private static final class AfterFirstLine extends java.io.FilterReader {

        AfterFirstLine(Reader in) throws IOException {
            super(in);
            ((BufferedReader) in).readLine();
        }
    }
}
