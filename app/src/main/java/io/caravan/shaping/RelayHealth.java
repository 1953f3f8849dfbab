package io.caravan.shaping;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    private static final Duration LATELY = Duration.ofMinutes(10);
    private static final Logger LOG = System.getLogger(RelayHealth.class.getName());

    /** What it makes sense to claim for a relay now. */
    public enum Standing {
        UP,
        /** Left alone, or one mail is finding out. */
        DOWN,
        /** Its rest is over: one mail may find out. */
        TRIAL_DUE
    }

    private final Map<String, CircuitBreaker> breakers = new ConcurrentHashMap<>();
    private final Map<String, Instant> restUntil = new ConcurrentHashMap<>();
    private final Map<String, Instant> downSince = new ConcurrentHashMap<>();
    private final Map<String, String> reasons = new ConcurrentHashMap<>();
    private final Set<String> proven = ConcurrentHashMap.newKeySet();
    private final CircuitBreakerConfig config;
    private final Duration rest;
    private final Clock clock;

    public RelayHealth(Duration rest, Clock clock) {
        this.rest = rest;
        this.clock = clock;
        config = CircuitBreakerConfig.custom().slidingWindow(1, 1, SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(100)
                .waitDurationInOpenState(rest).permittedNumberOfCallsInHalfOpenState(1).clock(clock).build();
    }

    public boolean mayTry(String relay) {
        return breaker(relay).tryAcquirePermission();
    }

    public void worked(String relay) {
        breaker(relay).onSuccess(0, TimeUnit.NANOSECONDS);
        proven.add(relay);
    }

    /** @param why for people, in one line */
    public void failed(String relay, String why) {
        reasons.put(relay, why);
        proven.remove(relay);
        breaker(relay).onError(0, TimeUnit.NANOSECONDS, new TemporaryFault("relay " + relay + " gave no service"));
    }

    /** For claims; asking changes nothing. */
    public Standing standing(String relay) {
        return switch (breaker(relay).getState()) {
            case CLOSED, DISABLED, METRICS_ONLY -> Standing.UP;
            case HALF_OPEN -> Standing.DOWN;
            case OPEN, FORCED_OPEN -> clock.instant().isBefore(restUntil.getOrDefault(relay, Instant.MIN))
                    ? Standing.DOWN
                    : Standing.TRIAL_DUE;
        };
    }

    /** For people: true while it is left alone or on trial. */
    public boolean isDown(String relay) {
        return switch (breaker(relay).getState()) {
            case OPEN, FORCED_OPEN, HALF_OPEN -> true;
            case CLOSED, DISABLED, METRICS_ONLY -> false;
        };
    }

    /** True if it gave service when it was last tried; false, too, if it never was. */
    public boolean isProven(String relay) {
        return proven.contains(relay) && !isDown(relay);
    }

    /** True while it is down and a try in vain is some minutes ago at most: nobody knows of longer. */
    public boolean failedLately(String relay) {
        Instant until = restUntil.get(relay);
        return isDown(relay) && until != null && clock.instant().isBefore(until.plus(LATELY));
    }

    /** Since when it has given no service, trials in vain included; empty: it is up. */
    public Optional<Instant> downSince(String relay) {
        return Optional.ofNullable(downSince.get(relay));
    }

    /** When its rest is over; empty: it does not rest. */
    public Optional<Instant> restUntil(String relay) {
        return Optional.ofNullable(restUntil.get(relay))
                .filter(until -> isDown(relay) && clock.instant().isBefore(until));
    }

    /** Why it gave no service when it was last tried in vain; "" if it never was. */
    public String why(String relay) {
        return reasons.getOrDefault(relay, "");
    }

    private CircuitBreaker breaker(String relay) {
        return breakers.computeIfAbsent(relay, name -> {
            CircuitBreaker made = CircuitBreaker.of(name, config);
            made.getEventPublisher().onStateTransition(event -> turned(name, event.getStateTransition().getToState()));
            return made;
        });
    }

    private void turned(String relay, CircuitBreaker.State to) {
        String word = switch (to) {
            case OPEN, FORCED_OPEN -> {
                restUntil.put(relay, clock.instant().plus(rest));
                downSince.putIfAbsent(relay, clock.instant());
                yield "down";
            }
            case HALF_OPEN -> "on-trial";
            case CLOSED, DISABLED, METRICS_ONLY -> {
                downSince.remove(relay);
                yield "up";
            }
        };
        LOG.log(Level.INFO, "event=relay-{0} relay={1}", word, relay);
    }
}
