package io.caravan.cli;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/** How records are printed for programs (CSV, one JSON object a line) and for people (columns). */
final class Lines {

    private Lines() {
    }

    /** RFC 4180, exactly what the values are: nothing is changed for spreadsheets. */
    static String csv(List<? extends @Nullable Object> cells) {
        return cells.stream().map(cell -> quoted(cell == null ? "" : cell.toString())).collect(Collectors.joining(","));
    }

    private static String quoted(String cell) {
        boolean plain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
                && cell.equals(cell.strip());
        return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }

    /** One JSON object, RFC 8259: numbers as such, null as null, all else as text. */
    static String json(Map<String, ? extends @Nullable Object> fields) {
        return fields.entrySet().stream().map(field -> text(field.getKey()) + ":" + value(field.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String value(@Nullable Object value) {
        return value == null ? "null" : value instanceof Number ? value.toString() : text(value.toString());
    }

    private static String text(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> out.append(c < ' ' || c == 0x7f || Character.isSurrogate(c) && !paired(text, i)
                        ? "\\u%04x".formatted((int) c)
                        : String.valueOf(c));
            }
        }
        return out.append('"').toString();
    }

    private static boolean paired(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
}
