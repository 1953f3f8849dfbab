package io.caravan.cli;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** The ledgers for the time of one verb, beside a running server or with a database started for it. */
public final class Ledgers {

    /** What a verb does with them. */
    @FunctionalInterface
    public interface Work {

        /** @return the exit code */
        int with(ApplicationContext ledgers);
    }

    private Ledgers() {
    }

    /** Opens the ledgers, does the work, and closes them, whatever happens. */
    public static int with(Desk desk, Work work) {
        try (ConfigurableApplicationContext ledgers = desk.launcher().ledgers(desk.properties())) {
            int exit = work.with(ledgers);
            desk.out().flush();
            return exit;
        }
    }
}
