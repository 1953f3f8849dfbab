package io.caravan.shaping;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;

import io.caravan.mail.TemporaryFault;

/**
 * Which relays are down: one failure opens a relay's breaker, for the rest time nobody tries it, then one mail does. Keeps a dead relay
 * from costing every mail a connect timeout. For one node and its lifetime only: a restart tries again at once.
 *
 * <p>Every true answer of {@link #mayTry} must be followed by {@link #worked} or {@link #failed}, or the trial stays open for ever.
 */
public final class RelayHealth {

    /** How long a relay that is down is left alone, unless set otherwise. */
    public static final Duration REST = Duration.ofSeconds(30);

    private static final Logger LOG = System.getLogger(RelayHealth.class.getName());

    private final Map<String, CircuitBreaker> breakers = new ConcurrentHashMap<>();
    private final CircuitBreakerConfig config;

    public RelayHealth(Duration rest, Clock clock) {
        config = CircuitBreakerConfig.custom().slidingWindow(1, 1, SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(100)
                .waitDurationInOpenState(rest).permittedNumberOfCallsInHalfOpenState(1).clock(clock).build();
    }

    public boolean mayTry(String relay) {
        return breaker(relay).tryAcquirePermission();
    }

    public void worked(String relay) {
        breaker(relay).onSuccess(0, TimeUnit.NANOSECONDS);
    }

    public void failed(String relay) {
        breaker(relay).onError(0, TimeUnit.NANOSECONDS, new TemporaryFault("relay " + relay + " gave no service"));
    }

    /** For people: true while it is left alone or on trial. */
    public boolean isDown(String relay) {
        return switch (breaker(relay).getState()) {
            case OPEN, FORCED_OPEN, HALF_OPEN -> true;
            case CLOSED, DISABLED, METRICS_ONLY -> false;
        };
    }

    private CircuitBreaker breaker(String relay) {
        return breakers.computeIfAbsent(relay, name -> {
            CircuitBreaker made = CircuitBreaker.of(name, config);
            made.getEventPublisher().onStateTransition(event -> LOG.log(Level.INFO, "event=relay-{0} relay={1}",
                    switch (event.getStateTransition().getToState()) {
                        case OPEN, FORCED_OPEN -> "down";
                        case HALF_OPEN -> "on-trial";
                        case CLOSED, DISABLED, METRICS_ONLY -> "up";
                    }, name));
            return made;
        });
    }
}
