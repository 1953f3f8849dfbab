package io.caravan.audience;

import java.util.List;
import java.util.Map;

/** The next rows of an import, and what was known of their people when they were looked up. */
public final class Looked {

    /** Their people were not looked up. */
    static final int NEVER = -1;

    private final List<Offered> rows;
    private final Map<String, Known> known;
    private final int after;

    /**
     * @param known by canonical address
     * @param after how many chunks were in then, or {@link #NEVER}
     */
    Looked(List<Offered> rows, Map<String, Known> known, int after) {
        this.rows = rows;
        this.known = known;
        this.after = after;
    }

    List<Offered> rows() {
        return rows;
    }

    Map<String, Known> known() {
        return known;
    }

    int after() {
        return after;
    }

    public int size() {
        return rows.size();
    }
}
