package io.caravan.transport;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Which destinations of a provider gave service of late. One hoster's customers have hosts of their own: that one customer's are down must
 * not hold the mail of the others.
 */
final class MxHealth {

    private static final long REMEMBERED = Duration.ofMinutes(10).toNanos();

    private final LongSupplier nanoTime;
    private final Map<String, Map<String, Long>> worked = new ConcurrentHashMap<>();

    MxHealth(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    void worked(Destination destination) {
        worked.computeIfAbsent(destination.provider().name(), _ -> new ConcurrentHashMap<>()).put(destination.key(),
                nanoTime.getAsLong());
    }

    void failed(Destination destination) {
        Map<String, Long> of = worked.get(destination.provider().name());
        if (of != null) {
            of.remove(destination.key());
        }
    }

    /** True if some destination of it worked and has not failed since. */
    boolean works(String provider) {
        long now = nanoTime.getAsLong();
        return worked.getOrDefault(provider, Map.of()).values().stream().anyMatch(at -> now - at < REMEMBERED);
    }

    void forgetOld() {
        long now = nanoTime.getAsLong();
        worked.values().forEach(of -> of.values().removeIf(at -> now - at >= REMEMBERED));
        // an entry that is made meanwhile may be lost with its map: it is made again by the next connection
        worked.values().removeIf(Map::isEmpty);
    }
}
