package io.caravan.flow;

import java.util.List;

import org.springframework.stereotype.Component;

import io.caravan.shaping.RelayHealth;
import io.caravan.shaping.RelayHealth.Standing;

/**
 * How much may be claimed for a route as far as its relays' health goes. While all are down nothing is, so that no row spends an attempt on
 * finding out what is known; when a rest is over, one mail finds out for all.
 */
@Component
class RelayRoom {

    private final RelayHealth health;
    private final InFlight inFlight;

    RelayRoom(RelayHealth health, InFlight inFlight) {
        this.health = health;
        this.inFlight = inFlight;
    }

    long of(String route) {
        List<Standing> relays = Sending.relays(route).stream().map(health::standing).toList();
        if (relays.isEmpty() || relays.contains(Standing.UP)) {
            return Long.MAX_VALUE;
        }
        return relays.contains(Standing.TRIAL_DUE) && inFlight.rows(route) == 0 ? 1 : 0;
    }

    /** Why nothing goes. */
    static String down(String route) {
        List<String> relays = Sending.relays(route);
        return relays.size() == 1
                ? "relay " + relays.getFirst() + " is down; tried again from time to time"
                : "relays " + String.join(", ", relays) + " are down; tried again from time to time";
    }
}
