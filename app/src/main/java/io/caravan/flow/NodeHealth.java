package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Part of readiness, never of liveness: a restart mends neither a database that is away nor a full disk.
 *
 * <p>Ready is a node that can take work. What holds its claims for some seconds on end takes readiness away, except that its mail waits for
 * connections: then it is busy, not ill. A hold that is over sooner is how a busy node breathes, and would make readiness flutter.
 */
@Component("nodeHealthIndicator")
class NodeHealth implements HealthIndicator, SmartLifecycle {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long LOOK = 500; // ms

    private final NodeLife node;
    private final Pump pump;
    private final InstantSource clock;
    private volatile @Nullable Instant failingSince;
    private volatile @Nullable ScheduledExecutorService looking;

    NodeHealth(NodeLife node, Pump pump, InstantSource clock) {
        this.node = node;
        this.pump = pump;
        this.clock = clock;
    }

    @Override
    public Health health() {
        return of(unready().orElse(null));
    }

    /** Why this node must not be given work; empty: it may. */
    Optional<String> unready() {
        String fault = node.unready();
        if (fault != null) {
            return Optional.of(fault);
        }
        Instant since = failingSince;
        boolean lasts = since != null && !clock.instant().isBefore(since.plus(PATIENCE));
        return lasts ? pump.failing().map(why -> "nothing is claimed: " + why) : Optional.empty();
    }

    static Health of(@Nullable String why) {
        return why == null ? Health.up().build() : Health.outOfService().withDetail("why", why).build();
    }

    private void look() {
        try {
            Instant known = failingSince;
            failingSince = pump.failing().isEmpty() ? null : known == null ? clock.instant() : known;
        } catch (RuntimeException stopping) { // else it would never look again
            failingSince = null;
        }
    }

    @Override
    public synchronized void start() {
        ScheduledExecutorService thread = Executors
                .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("health").factory());
        thread.scheduleWithFixedDelay(this::look, LOOK, LOOK, TimeUnit.MILLISECONDS);
        looking = thread;
    }

    @Override
    public synchronized void stop() {
        ScheduledExecutorService thread = looking;
        if (thread != null) {
            thread.shutdownNow();
            looking = null;
        }
    }

    @Override
    public boolean isRunning() {
        return looking != null;
    }
}
