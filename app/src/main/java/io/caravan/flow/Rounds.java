package io.caravan.flow;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/** A daemon thread that does the same work again and again, with a pause between. The work itself says when it failed. */
final class Rounds {

    private final String name;
    private final Runnable work;
    private volatile @Nullable ScheduledExecutorService thread;

    /** @param work what it throws ends the rounds */
    Rounds(String name, Runnable work) {
        this.name = name;
        this.work = work;
    }

    synchronized void begin(Duration first, Duration pause) {
        ScheduledExecutorService made = Executors
                .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name(name).factory());
        made.scheduleWithFixedDelay(work, first.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
        thread = made;
    }

    /** A round more, at once. */
    void wake() {
        ScheduledExecutorService going = thread;
        if (going != null) {
            going.execute(work);
        }
    }

    /** Interrupts a round that is under way, and waits for its end, at most so long. */
    synchronized void end(Duration longest) {
        ScheduledExecutorService going = thread;
        thread = null;
        if (going == null) {
            return;
        }
        going.shutdownNow();
        try {
            going.awaitTermination(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean going() {
        return thread != null;
    }
}
