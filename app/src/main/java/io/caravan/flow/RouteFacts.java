package io.caravan.flow;

import java.util.ArrayList;
import java.util.List;

/** What one file says that only the whole set can judge: ids, and who sends to whom. */
record RouteFacts(RouteFile file, List<Fact> routes, List<Fact> configurations, List<Fact> configurationsUsed,
        List<Fact> sources,
        List<Fact> directTargets) {

    RouteFacts(RouteFile file) {
        this(file, new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }

    /** A name and the line where it stands. */
    record Fact(String name, int line) {
    }
}
