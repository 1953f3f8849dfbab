package io.caravan.audience;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** One INSERT of many rows: the server parses it once and a batch of statements it would parse one by one. */
final class BulkInsert {

    private final String start;
    private final List<@Nullable Object> values;
    private int columns;
    private int rows;

    BulkInsert(String start, int rows) {
        this.start = start;
        values = new ArrayList<>(rows * 6);
    }

    void add(@Nullable Object... row) {
        columns = row.length;
        rows++;
        for (Object value : row) {
            values.add(value);
        }
    }

    String sql() {
        String row = "(" + "?,".repeat(columns - 1) + "?)";
        return start + (row + ",").repeat(rows - 1) + row;
    }

    @Nullable
    Object[] values() {
        return values.toArray();
    }
}
