package io.caravan.flow;

import java.util.List;
import java.util.Map;

import io.caravan.audience.Verdict;

/** What became of a CSV file as a whole. */
public sealed interface ImportReport {

    String list();

    /**
     * Every row has its verdict.
     *
     * @param again  true if the same bytes were the last thing that the list took: nobody was changed
     * @param counts rows by verdict
     */
    record Taken(String list, long importId, boolean again, Map<Verdict, Long> counts) implements ImportReport {
    }

    /**
     * A person stopped it.
     *
     * @param counts rows by verdict that were in by then, and stay in
     */
    record Cancelled(String list, long importId, Map<Verdict, Long> counts) implements ImportReport {
    }

    /** Nothing of it was taken; each problem says why and what to do. */
    record Refused(String list, List<String> problems) implements ImportReport {
    }
}
