package io.caravan.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The way to a relay: its addresses in their order until one gives service (RFC 5321 section 5.1). Those that gave none come last for some
 * minutes, so that a dead one costs its time-out once and not every new connection. Used by all couriers of the relay.
 */
final class RelayDialling {

    private static final Duration AVOIDED = Duration.ofMinutes(10);
    private static final int MOST_REFUSALS = 4; // of hosts that were reached: each may take minutes to say nothing

    /** A session and where it leads to. */
    record Reached(Session session, InetAddress address) {
    }

    private final Relay relay;
    private final Transport.Settings settings;
    private final Watchdog watchdog;
    private final Map<InetAddress, Long> avoidedUntil = new ConcurrentHashMap<>();

    RelayDialling(Relay relay, Transport.Settings settings, Watchdog watchdog) {
        this.relay = relay;
        this.settings = settings;
        this.watchdog = watchdog;
    }

    /** @throws LineLost saying why the relay gives no service now */
    Reached reach() throws LineLost {
        LineLost why = null;
        int refusals = 0;
        for (InetAddress address : addresses()) {
            try {
                Session session = Session.open(Target.of(relay, address), settings, watchdog);
                avoidedUntil.remove(address);
                return new Reached(session, address);
            } catch (LineLost e) {
                if (e instanceof LoginRefused refused && refused.isForGood()) {
                    throw e;
                }
                avoid(address);
                why = why == null || weight(e) >= weight(why) ? e : why;
                if (!(e instanceof Wire.NotReached) && ++refusals == MOST_REFUSALS) {
                    break;
                }
            }
        }
        throw why == null ? new LineLost(relay.host() + " has no address") : why;
    }

    /** How much it tells: that its line is not as private as it must be, what a host said, anything else. */
    private static int weight(LineLost why) {
        return why.noService().ofPolicy() ? 2 : why.reply != null ? 1 : 0;
    }

    /** This address comes last for a while. */
    void avoid(InetAddress address) {
        avoidedUntil.put(address, System.nanoTime() + AVOIDED.toNanos());
    }

    private List<InetAddress> addresses() throws LineLost {
        List<InetAddress> all;
        try {
            all = settings.names().of(relay.host());
        } catch (UnknownHostException e) {
            throw new LineLost(String.valueOf(e.getMessage()), e);
        }
        long now = System.nanoTime();
        avoidedUntil.values().removeIf(until -> now - until > 0); // they change over the months
        List<InetAddress> ours = new ArrayList<>(all);
        ours.removeIf(address -> !settings.reaches(address));
        if (ours.isEmpty()) {
            return all; // to be told why not
        }
        ours.sort(Comparator.comparing(avoidedUntil::containsKey)); // stable
        return ours;
    }
}
