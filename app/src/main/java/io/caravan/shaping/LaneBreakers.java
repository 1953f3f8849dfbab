package io.caravan.shaping;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;

import io.caravan.mail.BreakerState;

/**
 * This node's breakers, one per lane: state machines that are set from what all nodes share, never by themselves, so a restart or another
 * node changes nothing. A lane that was never set is closed.
 */
public final class LaneBreakers {

    private static final Logger LOG = System.getLogger(LaneBreakers.class.getName());

    private final Map<Integer, CircuitBreaker> breakers = new ConcurrentHashMap<>();

    /** A change is told in the log, without its reason: that may be what a stranger or a person wrote. */
    public void set(int lane, BreakerState to) {
        if (to == state(lane)) {
            return;
        }
        CircuitBreaker breaker = breakers.computeIfAbsent(lane, id -> CircuitBreaker.ofDefaults("lane-" + id));
        switch (to) {
            case CLOSED -> breaker.transitionToClosedState();
            case OPEN -> breaker.transitionToForcedOpenState(); // it must not half-open by a clock of its own
            case HALF_OPEN -> {
                if (breaker.getState() == CircuitBreaker.State.CLOSED) {
                    breaker.transitionToForcedOpenState(); // the library knows no way straight from closed: after a restart
                }
                breaker.transitionToHalfOpenState();
            }
        }
        LOG.log(Level.INFO, "event=breaker-{0} lane={1}", to.word(), String.valueOf(lane));
    }

    public BreakerState state(int lane) {
        CircuitBreaker breaker = breakers.get(lane);
        return breaker == null ? BreakerState.CLOSED : switch (breaker.getState()) {
            case CLOSED, DISABLED, METRICS_ONLY -> BreakerState.CLOSED;
            case HALF_OPEN -> BreakerState.HALF_OPEN;
            case OPEN, FORCED_OPEN -> BreakerState.OPEN;
        };
    }
}
