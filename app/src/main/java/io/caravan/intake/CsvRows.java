package io.caravan.intake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;

import org.jspecify.annotations.Nullable;

/** The rows of a CSV file below its header, one at a time. */
public final class CsvRows implements Iterator<CsvRow>, AutoCloseable {

    private final CsvRecords records;
    private final CsvRowReader reader;
    private final int linesBefore;
    private long number;
    private @Nullable CsvRow ahead;

    /** @param headerLine the line of the header in the records' own count, 0 if the file has none */
    CsvRows(CsvRecords records, CsvRowReader reader, long headerLine, int linesBefore) {
        this.records = records;
        this.reader = reader;
        this.linesBefore = linesBefore;
        if (headerLine > 0) {
            CsvRecords.CsvRecord header = records.next();
            while (header != null && header.line() < headerLine) {
                header = records.next();
            }
            number = 1;
        }
    }

    @Override
    public boolean hasNext() {
        while (ahead == null) {
            CsvRecords.CsvRecord record = records.next();
            if (record == null) {
                return false;
            }
            number++;
            if (!record.isBlank()) {
                ahead = reader.row(number, record.line() + linesBefore, record);
            }
        }
        return true;
    }

    @Override
    public CsvRow next() {
        if (!hasNext() || ahead == null) {
            throw new NoSuchElementException();
        }
        CsvRow row = ahead;
        ahead = null;
        return row;
    }

    @Override
    public void close() {
        try {
            records.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
