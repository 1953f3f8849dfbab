package io.caravan.transport;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Finds relays that are there and say nothing: stopped, cut off, without power. No connection to such a one breaks, so that all its couriers
 * wait for minutes and none is free to say that it is down. Mail that waits for it goes to the next relay of its route, if there is one; what has
 * its envelope out stays. As long as any connection to it is answered within the patience it is not silent, however slow.
 */
final class SilentRelays {

    private static final Logger LOG = System.getLogger(SilentRelays.class.getName());

    private final Collection<Lane> lanes;
    private final Watchdog watchdog;
    private final RelayGate gate;
    private final Duration patience;
    private final String said;
    private final Set<Lane> untold = new HashSet<>(); // the gate does not know yet that they speak again
    private boolean stopped;

    SilentRelays(Collection<Lane> lanes, Watchdog watchdog, RelayGate gate, Duration patience) {
        this.lanes = lanes;
        this.watchdog = watchdog;
        this.gate = gate;
        this.patience = patience;
        said = "has said nothing for " + Wire.words(patience);
    }

    /** From time to time. Never waits. */
    synchronized void look() {
        if (!stopped) {
            lanes.forEach(this::look);
        }
    }

    private void look(Lane lane) {
        String name = lane.relay().name();
        switch (watchdog.hearing(lane.relay(), patience)) {
            case SILENT -> {
                if (lane.silence() == null) {
                    LOG.log(Level.DEBUG, "event=relay-failed relay={0} reason={1}", name, said);
                    lane.falls(said);
                    untold.add(lane);
                    gate.failed(name, said);
                }
                lane.takeMovable().forEach(ticket -> ticket.skip(lane, said));
            }
            case SPEAKS -> {
                lane.falls(null);
                if (untold.contains(lane) && gate.mayTry(name)) { // while it has connections no courier asks
                    gate.worked(name);
                    untold.remove(lane);
                }
            }
            case NOTHING_YET -> {
                lane.falls(null);
                untold.remove(lane); // the next courier asks
            }
        }
    }

    /** When this is back, no mail is in its hands and none will be. */
    synchronized void stop() {
        stopped = true;
    }
}
