package io.caravan.rendering;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.function.LongSupplier;

/**
 * When a rendering has worked too long. Time in which the machine was busy with others, or the program stood still, is not the template's
 * fault: when the time is over on the wall, it gets as much again of the processor, and is over when that is used too.
 */
final class Deadline {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final long nanos;
    private final LongSupplier wall;
    private final LongSupplier processor;
    private final long end;
    private long processorEnd;
    private boolean asked;

    Deadline(long nanos) {
        this(nanos, System::nanoTime, Deadline::ownProcessorTime);
    }

    /** @param processor what this thread has used, ns */
    Deadline(long nanos, LongSupplier wall, LongSupplier processor) {
        this.nanos = nanos;
        this.wall = wall;
        this.processor = processor;
        this.end = wall.getAsLong() + nanos;
    }

    /** The processor is asked only once the time on the wall is over: it costs a system call. */
    boolean isOver() {
        if (wall.getAsLong() - end <= 0) {
            return false;
        }
        long used = processor.getAsLong();
        if (!asked) {
            asked = true;
            processorEnd = used + nanos;
        }
        return used - processorEnd > 0;
    }

    /** A virtual thread has no measure of its own; the wall's has to do. */
    private static long ownProcessorTime() {
        return Thread.currentThread().isVirtual() || !THREADS.isCurrentThreadCpuTimeSupported()
                ? System.nanoTime()
                : THREADS.getCurrentThreadCpuTime();
    }
}
