package io.caravan.nodes;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Whether this node may still begin to send, judged by its own monotonic clock alone: a process that was paused, or whose database is
 * away, must find out by itself. Counts from the moment a renewal was <em>sent</em>, since only that is certainly before the moment that
 * the database's lease counts from. Thread-safe; asking costs nothing.
 */
public final class Lease {

    private static final long NEVER = Long.MIN_VALUE;

    private final long freshNanos;
    private final LongSupplier nanoTime;
    private final AtomicLong sentAt = new AtomicLong(NEVER);

    /** @param lease what the ledger is told. Half of it may be used: the rest is for a mail under way and clocks that run apart */
    public Lease(Duration lease) {
        this(lease, System::nanoTime);
    }

    Lease(Duration lease, LongSupplier nanoTime) {
        this.freshNanos = lease.dividedBy(2).toNanos();
        this.nanoTime = nanoTime;
    }

    /** The moment before a renewal is sent, to be given to {@link #renewed}. */
    public long sending() {
        return nanoTime.getAsLong();
    }

    /** The renewal that was sent then has succeeded. Late news of an earlier one change nothing. */
    public void renewed(long sent) {
        sentAt.accumulateAndGet(sent, (known, offered) -> known == NEVER || offered - known > 0 ? offered : known);
    }

    /** The epoch is no longer ours: nothing is fresh until a new start. */
    public void lost() {
        sentAt.set(NEVER);
    }

    public boolean fresh() {
        long sent = sentAt.get();
        return sent != NEVER && nanoTime.getAsLong() - sent < freshNanos;
    }
}
