package io.caravan.flow;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.delivery.Outcome;
import io.caravan.mail.RowState;

/** Settled outcomes of this node since its start, by provider: counted a batch of the recorder at a time. */
@Component
class SettledCounts {

    private static final Logger log = LoggerFactory.getLogger(SettledCounts.class);

    record Key(RowState outcome, String provider) {
    }

    private final ProviderLabels providers;
    private final Map<Key, LongAdder> counts = new ConcurrentHashMap<>();

    SettledCounts(ProviderLabels providers) {
        this.providers = providers;
    }

    /** Never throws: a metric must not hold up the settling. */
    void add(List<Outcome> settled) {
        Map<Integer, Map<RowState, Integer>> lanes = new HashMap<>();
        settled.forEach(outcome -> lanes.computeIfAbsent(outcome.lane(), _ -> new HashMap<>())
                .merge(outcome.state(), 1, Integer::sum));
        Map<Integer, String> labels = labels(new HashSet<>(lanes.keySet()));
        lanes.forEach((lane, states) -> states.forEach((state, n) -> counts
                .computeIfAbsent(new Key(state, labels.getOrDefault(lane, ProviderLabels.OTHER)), _ -> new LongAdder())
                .add(n)));
    }

    private Map<Integer, String> labels(Set<Integer> lanes) {
        try {
            return providers.of(lanes);
        } catch (RuntimeException e) {
            log.warn("event=providers-unknown why={}", e.toString());
            return Map.of();
        }
    }

    Map<Key, Long> all() {
        Map<Key, Long> all = new HashMap<>();
        counts.forEach((key, n) -> all.put(key, n.sum()));
        return all;
    }
}
