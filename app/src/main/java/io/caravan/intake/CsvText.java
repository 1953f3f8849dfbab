package io.caravan.intake;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Path;
import java.util.List;

import io.caravan.mail.InvalidInput;

/** A CSV file as text: its encoding and delimiter are known, so its records can be read, as often as one likes. */
record CsvText(Path file, CsvLimits limits, CsvEncoding encoding, CsvDialect dialect) {

    private static final int BEGINNING = 1 << 16;

    /** Reads the file once to its end: whether it is UTF-8 is known only then, and the bounds hold for the whole of it. */
    static CsvText of(Path file, CsvLimits limits, List<String> columns) throws IOException {
        CsvEncoding encoding;
        try (CsvBytes bytes = new CsvBytes(file, limits)) {
            encoding = CsvEncoding.of(bytes);
        }
        try (Reader text = text(file, limits, encoding)) {
            char[] beginning = new char[BEGINNING];
            int length = fill(text, beginning);
            return new CsvText(file, limits, encoding, CsvDialect.of(new String(beginning, 0, length),
                    length < BEGINNING, columns, limits));
        }
    }

    private static int fill(Reader text, char[] chars) throws IOException {
        int length = 0;
        for (int read; length < chars.length && (read = text.read(chars, length, chars.length - length)) > 0;) {
            length += read;
        }
        return length;
    }

    /** From the first one; a line that declares the delimiter is left out. Close them. */
    CsvRecords records() throws IOException {
        Reader text = text(file, limits, encoding);
        return new CsvRecords(dialect.declared() ? new AfterFirstLine(text) : text, dialect.delimiter(), limits);
    }

    private static Reader text(Path file, CsvLimits limits, CsvEncoding encoding) throws IOException {
        CsvBytes bytes = new CsvBytes(file, limits);
        bytes.readNBytes(encoding.mark());
        return new BufferedReader(new InputStreamReader(bytes, encoding.charset().newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE).onUnmappableCharacter(CodingErrorAction.REPLACE)),
                1 << 15);
    }

    /** Lines that begin with # may stand before the header, as other programs write them, unless they are the header. */
    CsvRecords.CsvRecord headerOf(CsvRecords all) {
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

    String name() {
        return String.valueOf(file.getFileName());
    }

    /** Leaves out the line that declares the delimiter. */
    private static final class AfterFirstLine extends java.io.FilterReader {

        AfterFirstLine(Reader in) throws IOException {
            super(in);
            ((BufferedReader) in).readLine();
        }
    }
}
