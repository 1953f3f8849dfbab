package io.caravan.nodes;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Whether this node may still begin to send, judged by its own monotonic clock alone: a process that was paused, or whose database is
 * away, must find out by itself. Counts from the moment a renewal was <em>sent</em>, since only that is certainly before the moment that
 * the database's lease counts from. Thread-safe; asking costs nothing.
 *
 * <p>The monotonic clock of Linux stands still while the machine sleeps, so the wall clock is asked too: whichever says that the time is
 * over is believed. A wall clock that is set forward costs a few seconds of pause, until the next renewal.
 */
public final class Lease {

    private static final long NEVER = Long.MIN_VALUE;

    private final long freshNanos;
    private final LongSupplier nanoTime;
    private final LongSupplier millis;
    private final AtomicLong sentAt = new AtomicLong(NEVER);
    private volatile long sending;
    private volatile long sentAtMillis;

    /** @param lease what the ledger is told. Half of it may be used: the rest is for a mail under way and clocks that run apart */
    public Lease(Duration lease, InstantSource wall) {
        this(lease, System::nanoTime, wall::millis);
    }

    Lease(Duration lease, LongSupplier nanoTime, LongSupplier millis) {
        this.freshNanos = lease.dividedBy(2).toNanos();
        this.nanoTime = nanoTime;
        this.millis = millis;
    }

    /** The moment before a renewal is sent, to be given to {@link #renewed}. */
    public long sending() {
        sending = millis.getAsLong();
        return nanoTime.getAsLong();
    }

    /** The renewal that was sent then has succeeded. Late news of an earlier one change nothing. */
    public void renewed(long sent) {
        long latest = sentAt.accumulateAndGet(sent,
                (known, offered) -> known == NEVER || offered - known > 0 ? offered : known);
        if (latest == sent) {
            sentAtMillis = sending;
        }
    }

    /** The epoch is no longer ours: nothing is fresh until a new start. */
    public void lost() {
        sentAt.set(NEVER);
    }

    public boolean fresh() {
        long sent = sentAt.get();
        return sent != NEVER && nanoTime.getAsLong() - sent < freshNanos
                && millis.getAsLong() - sentAtMillis < Math.max(1, freshNanos / 1_000_000);
    }
}
