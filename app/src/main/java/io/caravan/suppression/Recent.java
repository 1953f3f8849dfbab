package io.caravan.suppression;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import io.caravan.suppression.Suppression.Added;

/**
 * The entries of the last two hours, in memory, at most so many.
 *
 * <p>Readers never wait. When more come than may be kept, the oldest go early and {@link #reaches} says so.
 */
final class Recent {

    static final Duration KEPT = Duration.ofHours(2);
    static final int BOUND = 300_000;

    private record Who(String address, String scope) {
    }

    private record Seen(Who who, long id, @Nullable Instant expiresAt, long atNanos) {
    }

    private final Map<Who, Seen> entries = new ConcurrentHashMap<>();
    private final Map<Long, Seen> byId = new HashMap<>();
    private final ArrayDeque<Seen> oldestFirst = new ArrayDeque<>();
    private final LongSupplier nanos;
    private final int bound;
    private volatile @Nullable Long lostAtNanos;

    Recent(LongSupplier nanos, int bound) {
        this.nanos = nanos;
        this.bound = bound;
    }

    @Nullable
    Long find(String address, String identity, String list, Instant now) {
        Long id = held(new Who(address, "global"), now);
        if (id == null && !identity.isEmpty()) {
            id = held(new Who(address, "identity:" + identity), now);
        }
        return id == null && !list.isEmpty() ? held(new Who(address, "list:" + list), now) : id;
    }

    private @Nullable Long held(Who who, Instant now) {
        Seen seen = entries.get(who);
        return seen == null || seen.expiresAt() != null && !seen.expiresAt().isAfter(now) ? null : (Long) seen.id();
    }

    synchronized void put(Added added) {
        Who who = new Who(added.address(), added.scope().text());
        Seen before = entries.get(who);
        if (before != null && before.id() > added.id()) {
            return; // removed and added again since that was read
        }
        if (before != null && before.id() == added.id() && Objects.equals(before.expiresAt(), added.expiresAt())) {
            return;
        }
        Seen seen = new Seen(who, added.id(), added.expiresAt(), nanos.getAsLong());
        entries.put(who, seen);
        byId.put(seen.id(), seen);
        oldestFirst.add(seen);
        while (oldestFirst.size() > bound) {
            lostAtNanos = drop(oldestFirst.remove()).atNanos();
        }
    }

    synchronized void remove(long id) {
        Seen seen = byId.remove(id);
        if (seen != null) {
            entries.remove(seen.who(), seen);
        }
    }

    synchronized void prune() {
        long now = nanos.getAsLong();
        while (!oldestFirst.isEmpty() && now - oldestFirst.getFirst().atNanos() > KEPT.toNanos()) {
            drop(oldestFirst.remove());
        }
    }

    private Seen drop(Seen seen) {
        entries.remove(seen.who(), seen);
        byId.remove(seen.id(), seen);
        return seen;
    }

    /** False if an entry that was heard at that moment or later had to go early. */
    boolean reaches(long atNanos) {
        Long lost = lostAtNanos;
        return nanos.getAsLong() - atNanos < KEPT.toNanos() && (lost == null || atNanos - lost > 0);
    }

    int size() {
        return entries.size();
    }
}
