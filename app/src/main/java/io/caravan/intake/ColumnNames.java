package io.caravan.intake;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** From what a column is called to the attribute that it holds, by the table in {@code column-names.tsv}. */
final class ColumnNames {

    /** The attribute name of the address. */
    static final String EMAIL = "email";

    private static final Map<String, String> KNOWN = read();

    private ColumnNames() {
    }

    private static Map<String, String> read() {
        Map<String, String> known = new HashMap<>();
        try (InputStream in = Objects.requireNonNull(ColumnNames.class.getResourceAsStream("column-names.tsv"));
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            lines.lines().filter(line -> !line.startsWith("#")).map(line -> line.split("\t"))
                    .forEach(cells -> known.put(cells[0], cells[1]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.copyOf(known);
    }

    /** The attribute for a header cell, {@code ""} if the cell is blank. */
    static String attribute(String header) {
        String text = Normalizer.normalize(header, Normalizer.Form.NFKC).strip();
        String low = text.toLowerCase(Locale.ROOT);
        String bare = low.replaceAll("[^\\p{L}\\p{N}]", "");
        String known = KNOWN.get(bare);
        if (known != null) {
            return known;
        }
        if (low.startsWith("topicpreferences.")) {
            return "topic_preferences_" + plain(low.substring("topicpreferences.".length()));
        }
        return plain(low);
    }

    private static String plain(String low) {
        return low.replaceAll("[\\s-]+", "_");
    }
}
