package io.caravan.flow;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.springframework.stereotype.Component;

import io.caravan.flow.LaneOutages.Service;
import io.caravan.shaping.RelayHealth;
import io.caravan.shaping.RelayHealth.Standing;
import io.caravan.transport.RelayRoute;

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

    /** Whether some relay of the route gives service; unknown, too, where there is none. */
    Service service(String route) {
        List<String> relays = Sending.relays(route);
        if (relays.stream().anyMatch(health::isProven)) {
            return Service.GIVEN;
        }
        return !relays.isEmpty() && relays.stream().allMatch(health::failedLately) ? Service.NONE : Service.UNKNOWN;
    }

    /**
     * Which part of a route's mail each relay has now: by the weights, or all of it the first that is up. What is meant for one that is down
     * goes to the first that is not, and counts there.
     *
     * @return above 0 to 1, together 1; empty: it goes by no relay
     */
    Map<String, Double> shares(String written) {
        RelayRoute route = RelayRoute.parse(written);
        if (route == null) {
            return Map.of();
        }
        String spare = route.relays().stream().filter(relay -> health.standing(relay) == Standing.UP).findFirst()
                .orElse(route.relays().getFirst());
        if (route.weight() == 0) {
            return Map.of(spare, 1.0);
        }
        Map<String, Double> shares = new HashMap<>();
        for (RelayRoute.Part part : route.parts()) {
            if (part.weight() > 0) {
                boolean up = health.standing(part.relay()) == Standing.UP;
                shares.merge(up ? part.relay() : spare, (double) part.weight() / route.weight(), Double::sum);
            }
        }
        return shares;
    }

    /** Why nothing goes. */
    static String down(String route) {
        List<String> relays = Sending.relays(route);
        return relays.size() == 1
                ? "relay " + relays.getFirst() + " is down; tried again from time to time"
                : "relays " + String.join(", ", relays) + " are down; tried again from time to time";
    }
}
