package io.caravan.suppression;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.RowId;
import io.caravan.suppression.Suppression.Ask;
import io.caravan.suppression.Suppression.New;

/** Rows as the one JSON parameter of a statement (RFC 8259): the text of the statement stays the same for any number of rows. */
final class Json {

    private static final DateTimeFormatter SQL_TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS")
            .withZone(ZoneOffset.UTC);

    private Json() {
    }

    static String entries(Collection<New> entries) {
        StringBuilder out = new StringBuilder("[");
        for (New entry : entries) {
            RowId row = entry.rowRef();
            Instant end = entry.expiresAt();
            out.append(out.length() == 1 ? "{" : ",{");
            field(out, "a", entry.address());
            field(out.append(','), "s", entry.scope().text());
            field(out.append(','), "r", entry.reason().word());
            field(out.append(','), "e", cut(entry.evidence(), 1000));
            field(out.append(','), "n", row == null ? null : row.toString());
            field(out.append(','), "x", end == null ? null : SQL_TIME.format(end));
            out.append('}');
        }
        return out.append(']').toString();
    }

    /** The addresses alone: a JSON table of one column costs a tenth of one with four. */
    static String addresses(List<Ask> asks) {
        StringBuilder out = new StringBuilder(asks.size() * 32).append('[');
        for (Ask ask : asks) {
            string(out.length() == 1 ? out : out.append(','), ask.address());
        }
        return out.append(']').toString();
    }

    /** At most so many characters, never half of a surrogate pair. */
    static String cut(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest);
    }

    private static void field(StringBuilder out, String name, @Nullable String value) {
        out.append('"').append(name).append("\":");
        if (value == null) {
            out.append("null");
            return;
        }
        string(out, value);
    }

    private static void string(StringBuilder out, String value) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
