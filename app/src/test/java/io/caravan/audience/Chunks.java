package io.caravan.audience;

import java.util.List;
import java.util.Map;

/** Takes chunks one by one, without looking ahead. */
public final class Chunks {

    private Chunks() {
    }

    public static Map<Verdict, Long> take(Imports imports, Import running, List<ImportRow> rows) {
        Taking taking = imports.taking(running);
        return taking.take(taking.look(rows));
    }
}
