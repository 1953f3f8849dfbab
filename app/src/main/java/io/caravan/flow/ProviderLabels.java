package io.caravan.flow;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.springframework.stereotype.Component;

import io.caravan.delivery.Waiting;
import io.caravan.pacing.Lanes;

/**
 * Which provider a lane is of, as metrics say it: at most {@value #MOST} by name, the rest is {@value #OTHER}, so that an audience of many
 * domains does not make as many time series. Of providers that are new at once those with the most planned mail get the names that are
 * left; a name is never taken back, or a counter would fall.
 */
@Component
class ProviderLabels {

    static final int MOST = 20;
    static final String OTHER = "other";

    private final Lanes lanes;
    private final Waiting waiting;
    private final Map<Integer, String> labels = new HashMap<>();
    private final Set<String> named = new HashSet<>();

    ProviderLabels(Lanes lanes, Waiting waiting) {
        this.lanes = lanes;
        this.waiting = waiting;
    }

    /** One look at the database when lanes are new, none otherwise. */
    synchronized Map<Integer, String> of(Collection<Integer> asked) {
        Map<Integer, String> answer = new HashMap<>();
        if (!labels.keySet().containsAll(asked)) {
            learn(asked.stream().filter(lane -> !labels.containsKey(lane)).toList());
        }
        asked.forEach(lane -> answer.put(lane, labels.getOrDefault(lane, OTHER)));
        return answer;
    }

    private void learn(List<Integer> unknown) {
        Map<Integer, Long> planned = waiting.unclaimed();
        Set<Integer> all = new HashSet<>(planned.keySet());
        all.addAll(unknown);
        all.removeAll(labels.keySet());
        Map<Integer, String> providers = lanes.providers(all);
        Map<String, Long> mail = new HashMap<>();
        providers.forEach((lane, provider) -> mail.merge(provider, planned.getOrDefault(lane, 0L), Long::sum));
        mail.keySet().stream().filter(provider -> !provider.equals(Lanes.TAIL))
                .sorted(Comparator.comparing((String provider) -> mail.get(provider)).reversed()
                        .thenComparing(Comparator.naturalOrder()))
                .forEach(provider -> {
                    if (named.size() < MOST) {
                        named.add(provider);
                    }
                });
        providers.forEach((lane, provider) -> labels.put(lane, named.contains(provider) ? provider : OTHER));
    }
}
