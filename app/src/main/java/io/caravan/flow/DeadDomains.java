package io.caravan.flow;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.caravan.pacing.DomainProviders.DomainProvider;

/** What to say of an audience's domains that take no mail. */
final class DeadDomains {

    private static final int TOLD = 10;

    private DeadDomains() {
    }

    /** Null: there are none. */
    static @Nullable String sentence(Map<String, Long> people, Map<String, DomainProvider> known) {
        List<DomainProvider> dead = known.values().stream()
                .filter(one -> !one.dead().isEmpty() && people.containsKey(one.domain()))
                .sorted(Comparator.comparing((DomainProvider one) -> people.get(one.domain())).reversed()
                        .thenComparing(DomainProvider::domain))
                .toList();
        if (dead.isEmpty()) {
            return null;
        }
        long all = dead.stream().mapToLong(one -> people.getOrDefault(one.domain(), 0L)).sum();
        int more = dead.size() - TOLD;
        return counted(all, "person", "people") + " at " + counted(dead.size(), "domain", "domains")
                + " that " + (dead.size() == 1 ? "takes" : "take") + " no mail: "
                + dead.stream().limit(TOLD).map(one -> one.domain() + " (" + people.get(one.domain()) + ")")
                        .collect(Collectors.joining(", "))
                + (more > 0 ? " and " + more + " more" : "");
    }

    private static String counted(long n, String one, String many) {
        return n + " " + (n == 1 ? one : many);
    }
}
