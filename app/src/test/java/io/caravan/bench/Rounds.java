package io.caravan.bench;

import java.util.Locale;

/** The order of every comparison: two rounds to warm up, then five that count; in each all contenders take their turn. */
final class Rounds {

    /** The name of the round in which nothing is known yet. */
    static final String FIRST = "r0";
    private static final int WARM_UP = 2;
    private static final int COUNTED = Integer.getInteger("bench.rounds", 5);

    /** One turn of each contender. */
    interface Round {
        /** @param name different in each round, fit for a campaign's name */
        void take(String name, boolean counts) throws Exception;
    }

    private Rounds() {
    }

    static void all(Round round) throws Exception {
        for (int i = -WARM_UP; i < COUNTED; i++) {
            round.take("r" + (i + WARM_UP), i >= 0);
            System.out.printf(Locale.ROOT, "round %d load %s%n", i, Ticks.load());
        }
    }

    /** How many recipients: {@code -Dbench.people}, or what the benchmark itself thinks right. */
    static int people(int usual) {
        return Integer.getInteger("bench.people", usual);
    }
}
