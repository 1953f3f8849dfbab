package io.caravan.flow;

import java.util.Set;
import java.util.TreeSet;

/**
 * How often a lane was asked to slow down.
 *
 * @param domains whose mail it was said of, the first {@value #MANY}
 * @param words   the last ones
 */
record SlowDown(int times, Set<String> domains, String words) {

    /** So many domains of the tail do not go wrong by one host of it. */
    static final int MANY = 3;

    SlowDown {
        domains = Set.copyOf(domains);
    }

    static SlowDown of(String domain, String words) {
        return new SlowDown(1, Set.of(domain), words);
    }

    SlowDown and(SlowDown later) {
        Set<String> all = new TreeSet<>(domains);
        later.domains.stream().filter(_ -> all.size() < MANY).forEach(all::add);
        return new SlowDown(times + later.times, all, later.words);
    }
}
