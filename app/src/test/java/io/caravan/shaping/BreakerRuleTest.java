package io.caravan.shaping;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.caravan.mail.BreakerState;
import io.caravan.mail.Rate;
import io.caravan.mail.RowState;
import io.caravan.shaping.BreakerRule.Trial;

import static org.assertj.core.api.Assertions.assertThat;

class BreakerRuleTest {

    private static final Instant NOW = Instant.parse("2026-03-02T10:00:00Z");

    private final BreakerRule bounce = new BreakerRule("bounce", 0.05, 200, Duration.ofHours(24),
            Duration.ofMinutes(30),
            Rate.parse("10/min"), Set.of(RowState.BOUNCED), Set.of(RowState.ACCEPTED, RowState.BOUNCED));

    @Test
    void tripsAboveTheThresholdAndNotAtItAndSaysWhyWithNumbers() {
        Instant nine = NOW.minus(Duration.ofHours(1));

        assertThat(bounce.trips(52, 430, nine, NOW)).contains(
                "12.1 % bounced of 430 since 09:00, threshold 5 %, trickle from 10:30 (UTC)");
        assertThat(bounce.trips(10, 200, nine, NOW)).isEmpty();
        assertThat(bounce.trips(11, 200, nine, NOW)).isPresent();
        assertThat(bounce.trips(199, 199, nine, NOW)).as("too few to say").isEmpty();
        assertThat(bounce.trips(30, 300, NOW.minus(Duration.ofHours(20)), NOW).orElseThrow())
                .contains("since 2026-03-01 14:00");
    }

    @Test
    void theTricklesAnswersHealItOrOpenItAgainAsSoonAsTheyCanSay() {
        assertThat(bounce.trial(0, 0)).isEqualTo(Trial.OPEN);
        assertThat(bounce.trial(19, 1)).isEqualTo(Trial.OPEN);
        assertThat(bounce.trial(20, 1)).isEqualTo(Trial.HEALTHY);
        assertThat(bounce.trial(2, 2)).isEqualTo(Trial.BAD);
        assertThat(bounce.tripsAgain(2, 2, NOW)).isEqualTo(
                "100.0 % bounced of 2 in the trickle, threshold 5 %, next trickle from 10:30 (UTC)");
    }

    @Test
    void percentagesAreWrittenAsPeopleWriteThem() {
        assertThat(BreakerRule.percent(0.05)).isEqualTo("5 %");
        assertThat(BreakerRule.percent(0.001)).isEqualTo("0.1 %");
        assertThat(BreakerRule.percent(0.3)).isEqualTo("30 %");
        assertThat(BreakerRule.percent(1)).isEqualTo("100 %");
    }

    @Test
    void aLanesBreakerGoesWhereItIsSetFromAnywhereAndStaysThere() {
        LaneBreakers breakers = new LaneBreakers();
        assertThat(breakers.state(7)).isEqualTo(BreakerState.CLOSED);

        for (BreakerState from : BreakerState.values()) {
            for (BreakerState to : BreakerState.values()) {
                breakers.set(7, from);
                breakers.set(7, to);
                assertThat(breakers.state(7)).isEqualTo(to);
            }
        }
        assertThat(breakers.state(8)).isEqualTo(BreakerState.CLOSED);
    }
}
