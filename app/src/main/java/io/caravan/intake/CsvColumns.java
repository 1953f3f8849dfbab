package io.caravan.intake;

import java.util.List;

/**
 * What the columns of a file are called.
 *
 * @param names  by column; empty: as the first record says
 * @param header with names: the first record is a header all the same and is no person. Then a column with a blank name is ignored, whatever
 *               stands in it; without a header a blank name is a column that nobody named, and text in it makes its row invalid
 */
public record CsvColumns(List<String> names, boolean header) {

    /** The first record says it. */
    public static final CsvColumns AS_HEADER = new CsvColumns(List.of(), true);

    public CsvColumns {
        names = List.copyOf(names);
    }

    /** For a file without a header row; empty: the first record is the header. */
    public static CsvColumns of(List<String> names) {
        return new CsvColumns(names, names.isEmpty());
    }

    /** Somebody said for each column of a file that has a header what it is, or that it is none. */
    boolean mapped() {
        return header && !names.isEmpty();
    }
}
