package io.caravan.transport;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Addresses that a whole wait was spent on in vain. It outlasts the lane, which is gone before its mail comes again. */
final class SlowHosts {

    private static final int MOST = 20_000;

    /** @param lane the destination and its TLS: what fails for one domain's demands may serve another */
    private record Key(String lane, InetAddress address) {
    }

    private final long nanos;
    private final LongSupplier nanoTime;
    private final Map<Key, Long> until = new HashMap<>();

    /** @param nanos how long each is remembered */
    SlowHosts(long nanos, LongSupplier nanoTime) {
        this.nanos = nanos;
        this.nanoTime = nanoTime;
    }

    synchronized void add(String lane, InetAddress address) {
        long now = nanoTime.getAsLong();
        if (until.size() >= MOST) {
            until.values().removeIf(end -> now - end >= 0);
        }
        if (until.size() < MOST) { // else this one is found out again
            until.put(new Key(lane, address), now + nanos);
        }
    }

    synchronized void remove(String lane, InetAddress address) {
        until.remove(new Key(lane, address));
    }

    synchronized boolean has(String lane, InetAddress address) {
        Long end = until.get(new Key(lane, address));
        return end != null && nanoTime.getAsLong() - end < 0;
    }
}
