package io.caravan.mailauth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** A folder of cases made by others, and how many of them came out right. */
final class Corpus {

    private static final Path ROOT = Path.of("app/src/test/corpora");

    private final Path folder;
    private final List<String> wrong = new ArrayList<>();
    private int scored;

    Corpus(String name) {
        folder = ROOT.resolve(name);
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    String text(String name) throws IOException {
        return Files.readString(file(name));
    }

    /** The rows of a table, by column. */
    List<Map<String, String>> rows(String table) throws IOException {
        List<String> lines = Files.readAllLines(file(table));
        String[] columns = lines.getFirst().split("\t", -1);
        List<Map<String, String>> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split("\t", -1);
            Map<String, String> row = new LinkedHashMap<>();
            for (int i = 0; i < columns.length; i++) {
                row.put(columns[i], i < cells.length ? cells[i] : "");
            }
            rows.add(row);
        }
        return rows;
    }

    void score(String name, boolean right, Object was) {
        scored++;
        if (!right) {
            wrong.add(name + ": was " + was);
        }
    }

    void isAllRight(int atLeast) {
        assertThat(wrong).as("%d of %d right", scored - wrong.size(), scored).isEmpty();
        assertThat(scored).isGreaterThanOrEqualTo(atLeast);
    }
}
