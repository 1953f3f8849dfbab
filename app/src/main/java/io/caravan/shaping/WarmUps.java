package io.caravan.shaping;

import java.util.List;
import java.util.Optional;

/** The warm-up plans of all identities. */
public record WarmUps(List<WarmUp> plans) {

    /** The plan of an identity with a provider: one that names the provider before one for all. */
    public Optional<WarmUp> of(String identity, String provider) {
        return plans.stream().filter(plan -> plan.isOf(identity, provider))
                .min((a, b) -> Boolean.compare(a.provider().equals("*"), b.provider().equals("*")));
    }

    /** True if a plan is of this provider by its name: then its people are not to be lost among those of the small ones. */
    public boolean names(String identity, String provider) {
        return plans.stream().anyMatch(plan -> plan.provider().equals(provider) && plan.isOf(identity, provider));
    }
}
