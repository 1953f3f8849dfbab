package io.caravan.transport;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Which providers give no service, by what their hosts did of late. One hoster's customers have hosts of their own: that one customer's
 * are down must not hold the mail of the others.
 */
final class MxHealth {

    private static final long REMEMBERED = Duration.ofMinutes(10).toNanos();

    private record Failed(String why, long until) {
    }

    /** By the key of the destination. */
    private record Known(Map<String, Long> worked, Map<String, Failed> failed) {
    }

    private final Duration rest;
    private final LongSupplier nanoTime;
    private final Map<String, Known> providers = new HashMap<>();

    /** @param rest after a failure, before another try is due */
    MxHealth(Duration rest, LongSupplier nanoTime) {
        this.rest = rest;
        this.nanoTime = nanoTime;
    }

    synchronized void worked(Destination destination) {
        Known known = of(destination);
        known.failed().remove(destination.key());
        known.worked().put(destination.key(), nanoTime.getAsLong());
    }

    /** None of its hosts gave service. */
    synchronized void failed(Destination destination, String why) {
        Known known = of(destination);
        known.worked().remove(destination.key());
        known.failed().put(destination.key(), new Failed(why, nanoTime.getAsLong() + rest.toNanos()));
    }

    private Known of(Destination destination) {
        return providers.computeIfAbsent(destination.provider().name(),
                _ -> new Known(new HashMap<>(), new HashMap<>()));
    }

    /** The providers of whom a destination failed and none has worked. */
    synchronized Map<String, Transport.MxTrouble> troubles() {
        forgetOld();
        long now = nanoTime.getAsLong();
        Map<String, Transport.MxTrouble> troubles = new HashMap<>();
        providers.forEach((name, known) -> {
            if (known.worked().isEmpty()) {
                long rest = known.failed().values().stream().mapToLong(failed -> failed.until() - now).max().orElse(0);
                troubles.put(name, new Transport.MxTrouble(known.failed().values().iterator().next().why(),
                        Duration.ofNanos(Math.max(0, rest))));
            }
        });
        return troubles;
    }

    /** True if a destination of the provider has worked of late. */
    synchronized boolean serves(String provider) {
        forgetOld();
        Known known = providers.get(provider);
        return known != null && !known.worked().isEmpty();
    }

    private void forgetOld() {
        long now = nanoTime.getAsLong();
        providers.values().removeIf(known -> {
            known.worked().values().removeIf(at -> now - at > REMEMBERED);
            known.failed().values().removeIf(failed -> now - failed.until() > REMEMBERED);
            return known.worked().isEmpty() && known.failed().isEmpty();
        });
    }
}
