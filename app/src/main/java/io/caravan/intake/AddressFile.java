package io.caravan.intake;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import de.siegmar.fastcsv.reader.CsvParseException;
import org.jspecify.annotations.Nullable;

import io.caravan.mail.InvalidInput;

/**
 * A list of addresses as people keep them: one a line, or a CSV with or without a header, whose address column is known by its name and
 * without a header is the first. Lines that begin with {@code #} are passed over.
 */
public final class AddressFile {

    private static final int BEGINNING = 1 << 13;

    /**
     * @param line  in an editor, from 1
     * @param cells by column name as in the header, in small letters with {@code _}; empty without a header
     */
    public record Line(long line, String address, Map<String, String> cells) {
    }

    private AddressFile() {
    }

    /**
     * Hands over each line with an address, valid or not, in constant memory.
     *
     * @throws InvalidInput if a quote is not closed, or the header names no column of addresses
     */
    public static void read(Reader text, Consumer<Line> to) {
        try (BufferedReader reader = new BufferedReader(text);
                CsvRecords records = new CsvRecords(reader, delimiter(reader), CsvLimits.DEFAULT)) {
            List<String> header = null;
            boolean first = true;
            for (CsvRecords.CsvRecord record = records.next(); record != null; record = records.next()) {
                if (record.isBlank() || record.cells().getFirst().startsWith("#")) {
                    continue;
                }
                if (first && record.cells().stream().noneMatch(cell -> cell.contains("@"))) {
                    header = names(record.cells());
                } else {
                    to.accept(line(record, header));
                }
                first = false;
            }
        } catch (CsvParseException e) {
            throw new InvalidInput("a quote is not closed: close it, or write a quote inside a cell twice", e);
        } catch (IOException e) {
            throw new UncheckedIOException("the list cannot be read", e);
        }
    }

    /** Passes over a byte order mark, and looks at the first line. */
    private static char delimiter(BufferedReader text) throws IOException {
        text.mark(BEGINNING);
        if (text.read() != '\uFEFF') {
            text.reset();
        }
        text.mark(BEGINNING);
        char[] beginning = new char[BEGINNING - 1];
        int length = Math.max(0, text.read(beginning));
        text.reset();
        String line = new String(beginning, 0, length).lines().filter(each -> !each.startsWith("#")).findFirst()
                .orElse("");
        char best = ',';
        for (char each : new char[]{';', '\t'}) {
            best = count(line, each) > count(line, best) ? each : best;
        }
        return best;
    }

    private static long count(String line, char wanted) {
        return line.chars().filter(c -> c == wanted).count();
    }

    private static List<String> names(List<String> cells) {
        int address = ColumnHeader.addressOf(cells);
        if (address < 0) {
            throw new InvalidInput("no column of addresses; the columns are "
                    + String.join(", ", cells.stream().map(cell -> "'" + cell.strip() + "'").toList())
                    + ": name one 'email', or leave the header out and put the address first");
        }
        List<String> names = new ArrayList<>(cells.stream().map(ColumnNames::attribute).toList());
        names.set(address, ColumnNames.EMAIL);
        return names;
    }

    private static Line line(CsvRecords.CsvRecord record, @Nullable List<String> header) {
        if (header == null) {
            return new Line(record.line(), record.cells().getFirst().strip(), Map.of());
        }
        Map<String, String> cells = new HashMap<>();
        List<String> given = record.cells();
        for (int i = 0; i < Math.min(header.size(), given.size()); i++) {
            cells.putIfAbsent(header.get(i), given.get(i).strip());
        }
        return new Line(record.line(), cells.getOrDefault(ColumnNames.EMAIL, ""), cells);
    }
}
