package io.caravan.flow;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Part of readiness, never of liveness: a restart mends neither a database that is away nor a full disk. */
@Component("nodeHealthIndicator")
class NodeHealth implements HealthIndicator {

    private final NodeLife node;

    NodeHealth(NodeLife node) {
        this.node = node;
    }

    @Override
    public Health health() {
        return of(node.unready());
    }

    static Health of(@Nullable String why) {
        return why == null ? Health.up().build() : Health.outOfService().withDetail("why", why).build();
    }
}
