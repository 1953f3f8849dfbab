package io.caravan.intake;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.reader.RecordType;
import org.jspecify.annotations.Nullable;

/** The records of a text (RFC 4180), blank ones and ragged ones too, as they stand. Never holds more of a record than the limits. */
final class CsvRecords implements AutoCloseable {

    /** Chars of one quoted cell that the parser can still step over; a longer one is most likely a quote that nobody closed. */
    static final int LONGEST_CELL = 12 << 20;

    /**
     * @param line    where it begins, from 1
     * @param cells   at most one more than the columns that are allowed
     * @param tooLong what of it is over the limits, null if nothing; then cells are missing or cut
     */
    record CsvRecord(long line, List<String> cells, @Nullable String tooLong) {

        boolean isBlank() {
            return cells.size() == 1 && cells.getFirst().isEmpty() && tooLong == null;
        }
    }

    private final Collected collected;
    private final CsvReader<CsvRecord> reader;
    private final CloseableIterator<CsvRecord> iterator;

    // a row with text after a closing quote must not cost the rows after it
    @SuppressWarnings({"deprecation", "removal"})
    CsvRecords(Reader text, char delimiter, CsvLimits limits) {
        collected = new Collected(limits);
        reader = CsvReader.builder().fieldSeparator(delimiter).skipEmptyLines(false)
                .allowExtraCharsAfterClosingQuote(true)
                .allowUnclosedQuote(false).extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE).maxBufferSize(LONGEST_CELL)
                .build(collected, text);
        iterator = reader.iterator();
    }

    /** @return null at the end */
    @Nullable
    CsvRecord next() {
        return iterator.hasNext() ? iterator.next() : null;
    }

    /** Reads on to the end, or over so many, and keeps none of them: how many are not blank. */
    long count(long most) {
        collected.counting = true;
        long count = 0;
        while (count < most && iterator.hasNext()) {
            count += iterator.next().isBlank() ? 0 : 1;
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }

    private static final class Collected extends CsvCallbackHandler<CsvRecord> {

        private static final int SHOWN = 100;
        private static final CsvRecord BLANK = new CsvRecord(0, List.of(""), null);
        private static final CsvRecord COUNTED = new CsvRecord(0, List.of(), null);

        private final CsvLimits limits;
        private RecordType type = RecordType.DATA;
        private boolean counting;
        private boolean text;
        private long line;
        private int fields;
        private long size;
        private List<String> cells = new ArrayList<>();
        private @Nullable String tooLong;

        Collected(CsvLimits limits) {
            this.limits = limits;
        }

        @Override
        protected RecordType getRecordType() {
            return type;
        }

        @Override
        protected int getFieldCount() {
            return fields;
        }

        @Override
        protected void beginRecord(long startingLine) {
            type = RecordType.DATA;
            line = startingLine;
            fields = 0;
            size = 0;
            text = false;
            if (counting) {
                return;
            }
            cells = new ArrayList<>(Math.max(4, cells.size()));
            tooLong = null;
        }

        @Override
        protected void addField(char[] chars, int offset, int length, boolean quoted) {
            fields++;
            if (counting) {
                text |= length > 0 || fields > 1;
                return;
            }
            int bytes = length > limits.field() / 3 ? utf8(chars, offset, length) : length;
            size += bytes;
            if (bytes > limits.field()) {
                tooLong("cell %d has %,d bytes and a cell may have %,d".formatted(fields, bytes, limits.field()));
            } else if (size > limits.record()) {
                tooLong("the row has more than the %,d bytes that a row may have".formatted(limits.record()));
            }
            if (fields <= limits.columns() + 1) {
                cells.add(new String(chars, offset, tooLong == null ? length : Math.min(length, SHOWN)));
            }
        }

        private void tooLong(String what) {
            tooLong = tooLong == null ? what : tooLong;
        }

        private static int utf8(char[] chars, int offset, int length) {
            int bytes = 0;
            for (int i = offset; i < offset + length; i++) {
                char c = chars[i];
                bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
            }
            return bytes;
        }

        @Override
        protected void setComment(char[] chars, int offset, int length) {
            throw new IllegalStateException("comments are not asked for");
        }

        @Override
        protected void setEmpty() {
            type = RecordType.EMPTY;
            if (!counting) {
                cells.add("");
            }
        }

        @Override
        protected CsvRecord buildRecord() {
            if (counting) {
                return text ? COUNTED : BLANK;
            }
            return new CsvRecord(line, cells, tooLong);
        }
    }
}
