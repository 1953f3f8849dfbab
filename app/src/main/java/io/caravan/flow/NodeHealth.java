package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

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
 *
 * <p>Another node that is silent with mail in its hands makes this one no less ready, but is named: somebody must start it or declare it lost.
 */
@Component("nodeHealthIndicator")
class NodeHealth implements HealthIndicator, SmartLifecycle {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration KEPT = Duration.ofSeconds(5);

    private record Others(Instant at, List<String> silent) {
    }

    private final NodeLife node;
    private final NodeHold hold;
    private final LostNodes others;
    private final InstantSource clock;
    private volatile Others known = new Others(Instant.EPOCH, List.of());
    private volatile @Nullable Instant failingSince;
    private final Rounds rounds = new Rounds("health", this::look);

    NodeHealth(NodeLife node, NodeHold hold, LostNodes others, InstantSource clock) {
        this.node = node;
        this.hold = hold;
        this.others = others;
        this.clock = clock;
    }

    @Override
    public Health health() {
        String why = unready().orElse(null);
        List<String> silent = why == null ? silent() : List.of();
        return silent.isEmpty() ? of(why) : Health.up().withDetail("silent_nodes", silent).build();
    }

    /** The other nodes that are silent with mail open, in words; looked for at most every five seconds. */
    private List<String> silent() {
        Instant now = clock.instant();
        if (known.at().plus(KEPT).isBefore(now)) {
            try {
                known = new Others(now, others.silent().stream().map(LostNodes.Silent::toString).toList());
            } catch (RuntimeException away) { // then the lease will soon say so
                known = new Others(now, List.of());
            }
        }
        return known.silent();
    }

    /** Why this node must not be given work; empty: it may. */
    Optional<String> unready() {
        String fault = node.unready();
        if (fault != null) {
            return Optional.of(fault);
        }
        Instant since = failingSince;
        boolean lasts = since != null && !clock.instant().isBefore(since.plus(PATIENCE));
        return lasts ? hold.failing().map(why -> "nothing is claimed: " + why) : Optional.empty();
    }

    static Health of(@Nullable String why) {
        return why == null ? Health.up().build() : Health.outOfService().withDetail("why", why).build();
    }

    private void look() {
        try {
            Instant known = failingSince;
            failingSince = hold.failing().isEmpty() ? null : known == null ? clock.instant() : known;
        } catch (RuntimeException stopping) { // else it would never look again
            failingSince = null;
        }
    }

    @Override
    public void start() {
        rounds.begin(LOOK, LOOK);
    }

    @Override
    public void stop() {
        rounds.end(Duration.ZERO);
    }

    @Override
    public boolean isRunning() {
        return rounds.going();
    }
}
