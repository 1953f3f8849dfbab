package io.caravan.flow;

import java.time.InstantSource;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.pacing.StsPolicies;
import io.caravan.pacing.StsPolicies.StsPolicyText;
import io.caravan.transport.StsMemory;

/** Keeps the MTA-STS policies that the transport sees. */
@Component
class StsPolicyStore implements StsMemory {

    private final StsPolicies policies;
    private final InstantSource clock;

    StsPolicyStore(StsPolicies policies, InstantSource clock) {
        this.policies = policies;
        this.clock = clock;
    }

    @Override
    public @Nullable Kept find(String domain) {
        return policies.find(domain, clock.instant())
                .map(one -> new Kept(one.domain(), one.txtId(), one.text(), one.fetchedAt(), one.expires()))
                .orElse(null);
    }

    @Override
    public void keep(Kept policy) {
        policies.keep(new StsPolicyText(policy.domain(), policy.id(), policy.text(), policy.fetchedAt(),
                policy.expires()));
    }
}
