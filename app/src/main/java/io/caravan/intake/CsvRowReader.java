package io.caravan.intake;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;

/** Makes a row of a record, or says why it cannot be one. */
final class CsvRowReader {

    private static final String UNSUBSCRIBED = "unsubscribe_all";

    private final List<String> attributes;
    private final int address;
    private final CsvLimits limits;
    private final String charset;
    private final boolean ignoresUnnamed;

    /**
     * @param charset        named where a byte of the file was not of it, {@code ""} if all were
     * @param ignoresUnnamed what stands in a column without a name is nobody's concern; else it makes its row invalid
     */
    CsvRowReader(ColumnHeader header, CsvLimits limits, String charset, boolean ignoresUnnamed) {
        this.ignoresUnnamed = ignoresUnnamed;
        attributes = header.attributes();
        address = header.address();
        this.limits = limits;
        this.charset = charset;
    }

    CsvRow row(long number, long line, CsvRecords.CsvRecord record) {
        List<String> cells = record.cells();
        String written = address < cells.size() ? padded(cells.get(address)) : "";
        String problem = record.tooLong() != null ? record.tooLong() : shape(cells);
        Map<String, String> values = new HashMap<>();
        if (problem == null) {
            problem = values(cells, values);
        }
        EmailAddress mailbox = null;
        if (problem == null) {
            try {
                mailbox = EmailAddress.parse(written);
            } catch (InvalidInput e) {
                problem = e.getMessage();
            }
        }
        return new CsvRow(number, line, written, mailbox, problem == null ? values : Map.of(), problem);
    }

    private @Nullable String shape(List<String> cells) {
        if (cells.stream().allMatch(String::isBlank)) {
            return "the row is empty";
        }
        if (cells.size() < attributes.size()) {
            return "%d cells where the header has %d: a cell is missing, or a line break or delimiter stands without quotes"
                    .formatted(cells.size(), attributes.size());
        }
        for (int i = attributes.size(); i < cells.size(); i++) {
            if (!cells.get(i).isBlank()) {
                return "more cells than the header's %d: cell %d has text; put a cell that holds a delimiter in quotes"
                        .formatted(attributes.size(), i + 1);
            }
        }
        return null;
    }

    private @Nullable String values(List<String> cells, Map<String, String> values) {
        long size = 0;
        for (int i = 0; i < attributes.size(); i++) {
            if (ignoresUnnamed && attributes.get(i).isEmpty()) {
                continue;
            }
            String cell = padded(cells.get(i));
            String problem = characters(cell, i);
            if (problem != null) {
                return problem;
            }
            String name = attributes.get(i);
            if (i == address || cell.isEmpty()) {
                continue;
            }
            if (name.isEmpty()) {
                return "cell %d has text but its column has no name in the header".formatted(i + 1);
            }
            values.put(name, cell);
            size += name.length() + 3L * cell.length();
        }
        if (size > limits.attributes() && octets(values) > limits.attributes()) {
            return "more than the %,d bytes of attributes that a contact may have".formatted(limits.attributes());
        }
        return isTrue(values.get(UNSUBSCRIBED)) ? "unsubscribed where the file comes from (unsubscribeAll)" : null;
    }

    private static long octets(Map<String, String> values) {
        long octets = 0;
        for (Map.Entry<String, String> entry : values.entrySet()) {
            octets += (entry.getKey() + entry.getValue()).getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
        }
        return octets;
    }

    /** Line breaks and tabs may stand in a quoted cell; what makes headers and terminals misbehave may not. */
    private @Nullable String characters(String cell, int column) {
        for (int i = 0; i < cell.length(); i++) {
            char c = cell.charAt(i);
            if (c < ' ' && c != '\n' && c != '\r' && c != '\t' || c >= 0x7f && c < 0xa0) {
                return "control character U+%04X in cell %d".formatted((int) c, column + 1);
            }
            if (c == '\ufffd' && !charset.isEmpty()) {
                return "a byte in cell %d is not %s: save the file as UTF-8".formatted(column + 1, charset);
            }
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c) || i + 1 == cell.length()
                        || !Character.isLowSurrogate(cell.charAt(i + 1))) {
                    return "half a character (U+%04X) in cell %d".formatted((int) c, column + 1);
                }
                i++;
            }
        }
        return null;
    }

    /** Without the blanks around it, and without quotes that only those blanks kept from being seen as such. */
    private static String padded(String cell) {
        if (cell.isEmpty() || cell.charAt(0) > ' ' && cell.charAt(0) < 128 && cell.charAt(cell.length() - 1) > ' '
                && cell.charAt(cell.length() - 1) < 128) {
            return cell;
        }
        String stripped = strip(cell);
        boolean quoted = cell.charAt(0) != '"' && stripped.length() > 1 && stripped.charAt(0) == '"'
                && stripped.endsWith("\"");
        return quoted ? strip(stripped.substring(1, stripped.length() - 1).replace("\"\"", "\"")) : stripped;
    }

    /** No-break spaces too: spreadsheets and web pages leave them. */
    private static String strip(String cell) {
        int start = 0;
        int end = cell.length();
        while (start < end && isBlank(cell.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(cell.charAt(end - 1))) {
            end--;
        }
        return cell.substring(start, end);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\u00a0' || c == '\t' || c == '\r' || c == '\n' || c > 127 && Character.isWhitespace(c);
    }

    private static boolean isTrue(@Nullable String text) {
        return text != null && switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "1" -> true;
            default -> false;
        };
    }
}
