package io.caravan.shaping;

import java.util.List;
import java.util.Optional;

/** The measures that lanes are judged by, in the order in which they are asked. */
public record BreakerRules(List<BreakerRule> rules) {

    public Optional<BreakerRule> of(String measure) {
        return rules.stream().filter(rule -> rule.measure().equals(measure)).findFirst();
    }
}
