package io.caravan.flow;

import java.time.Duration;

import org.slf4j.Logger;

/**
 * Tells of faults that may come at every turn of a loop, one in ten seconds. Never throws: where a turn had no memory there may be none for
 * a line either, and the loop must go on.
 */
final class TurnFaults {

    private static final long BETWEEN = Duration.ofSeconds(10).toNanos();

    private final Logger log;
    private final String line;
    private boolean hasTold;
    private long told;

    /** @param line with one place, for what happened */
    TurnFaults(Logger log, String line) {
        this.log = log;
        this.line = line;
    }

    /** A turn that no Error ends the next ones of: an executor runs a task never again that has thrown. */
    static Runnable goesOn(Logger log, String line, Runnable turn) {
        TurnFaults faults = new TurnFaults(log, line);
        return () -> {
            try {
                turn.run();
            } catch (Error e) {
                faults.tell(e);
            }
        };
    }

    void tell(Throwable fault) {
        try {
            long now = System.nanoTime();
            if (!hasTold || now - told >= BETWEEN) {
                log.error(line, fault.toString(), fault);
                hasTold = true;
                told = now;
            }
        } catch (Error e) {
            hasTold = false; // the next turn tells
        }
    }
}
