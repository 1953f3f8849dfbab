package io.caravan.shaping;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.caravan.mail.InvalidInput;
import io.caravan.mail.Rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

class SlowingTest {

    private static final Instant NOW = Instant.parse("2026-03-02T10:00:00Z");

    private final Slowing slowing = new Slowing(0.5, 0.05, Duration.ofSeconds(10), Duration.ofMinutes(10));

    @Test
    void goesDownByHalvesAndComesBackInAStraightLine() {
        assertThat(slowing.slower(1)).isEqualTo(0.5);
        assertThat(slowing.slower(0.5)).isEqualTo(0.25);
        assertThat(slowing.slower(0.06)).isEqualTo(0.05);
        assertThat(slowing.now(0.5, NOW, NOW)).isEqualTo(0.5);
        assertThat(slowing.now(0.5, NOW, NOW.plusSeconds(60))).isCloseTo(0.6, within(1e-9));
        assertThat(slowing.now(0.5, NOW, NOW.plusSeconds(3600))).isEqualTo(1);
        assertThat(slowing.now(0.5, null, NOW)).isEqualTo(1);
    }

    @Test
    void whatNobodyGaveARateGoesOnFromTheRateThatItHadUntilNothingLimitsIt() {
        double before = slowing.beyond(0.05, NOW, NOW);
        assertThat(before).isEqualTo(0.05);
        int seconds = 1;
        for (double share = before; !Double.isInfinite(share); seconds++) {
            Instant then = NOW.plusSeconds(seconds);
            share = slowing.beyond(0.05, NOW, then);
            assertThat(Math.min(1, share)).as("after %d s", seconds).isEqualTo(slowing.now(0.05, NOW, then));
            if (!Double.isInfinite(share)) {
                assertThat(share / before).as("after %d s", seconds).isBetween(1.0, 1.05);
                before = share;
            }
        }
        assertThat(seconds - 1).as("570 to its rate, and 600").isCloseTo(1_170, within(1));
        assertThat(before).isBetween(1_000.0, 1_024.0);
        assertThat(slowing.beyond(0.5, null, NOW)).isInfinite();
        assertThat(slowing.beyond(0.5, NOW.plusSeconds(7200), NOW)).as("the clock went back").isInfinite();
    }

    @Test
    void refusalsOfTheSameMomentSlowItOnce() {
        assertThat(slowing.isFresh(NOW, NOW.plusSeconds(9))).isTrue();
        assertThat(slowing.isFresh(NOW, NOW.plusSeconds(10))).isFalse();
        assertThat(slowing.isFresh(null, NOW)).isFalse();
        assertThat(slowing.isFresh(NOW.plusSeconds(1), NOW)).as("another node's, a moment later").isTrue();
        assertThat(slowing.isFresh(NOW.plusSeconds(7200), NOW)).as("the clock went back").isFalse();
        assertThat(slowing.now(0.5, NOW.plusSeconds(7200), NOW)).as("the clock went back").isEqualTo(1);
    }

    @Test
    void aSlowRateIsWrittenInMinutesHoursOrDaysAndNeverNothing() {
        assertThat(Slowing.rate(100, 0.5)).isEqualTo(Rate.parse("50/s"));
        assertThat(Slowing.rate(4, 0.25)).isEqualTo(Rate.parse("60/min"));
        assertThat(Slowing.rate(1, 0.05)).isEqualTo(Rate.parse("180/h"));
        assertThat(Slowing.rate(0.01, 0.05)).as("0.03 a minute").isEqualTo(Rate.parse("43/day"));
        assertThat(Slowing.rate(1 / 86_400.0, 0.05)).as("less than one a day").isEqualTo(Rate.parse("1/day"));
    }

    @Test
    void whatIsWrittenIsTheShareThatWasAskedFor() {
        for (double perSecond = 10 / 86_400.0; perSecond < 2_000; perSecond *= 1.01) {
            Rate rate = Slowing.rate(perSecond, 1);

            assertThat((double) rate.count() / rate.per().toSeconds()).as("%s for %f/s", rate, perSecond)
                    .isCloseTo(perSecond, withinPercentage(6.0));
        }
    }

    @Test
    void aWarmUpAllowsItsNumberEachDayThenAnything() {
        WarmUp plan = new WarmUp("shop", "*", LocalDate.parse("2026-03-01"), List.of(50L, 100L, 200L), null);

        assertThat(plan.rate(NOW.minus(Duration.ofDays(9)))).as("not begun: as on the first day")
                .contains(Rate.parse("50/day"));
        assertThat(plan.day(NOW.minus(Duration.ofDays(9)))).isEqualTo(1);
        assertThat(plan.rate(NOW.minus(Duration.ofDays(1)))).contains(Rate.parse("50/day"));
        assertThat(plan.rate(NOW)).contains(Rate.parse("100/day"));
        assertThat(plan.rate(NOW.plus(Duration.ofDays(1)))).contains(Rate.parse("200/day"));
        assertThat(plan.rate(NOW.plus(Duration.ofDays(2)))).as("over").isEmpty();
        assertThat(plan.left(NOW)).as("of 100, in the 14 hours that are left").isEqualTo(59);
        WarmUp special = new WarmUp("shop", "gmail.com", LocalDate.parse("2026-03-01"), List.of(7L), null);
        WarmUps plans = new WarmUps(List.of(plan, special));
        assertThat(plans.of("shop", "gmail.com")).contains(special);
        assertThat(plans.of("shop", "example.org")).contains(plan);
        assertThat(plans.of("other", "gmail.com")).isEmpty();
        assertThat(plans.names("shop", "gmail.com")).isTrue();
        assertThat(plans.names("shop", "example.org")).as("of all, so of the small ones as one").isFalse();
        assertThat(plans.names("other", "gmail.com")).isFalse();
        assertThatThrownBy(() -> new WarmUp("shop", "*", LocalDate.EPOCH, List.of(), null))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("caravan.pacing.warmup of shop: daily lists");
    }
}
