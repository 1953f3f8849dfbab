package io.caravan.flow;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.caravan.delivery.Claims.Waiting;
import io.caravan.mail.BreakerState;
import io.caravan.mail.Rate;
import io.caravan.pacing.LaneState;
import io.caravan.pacing.Limit;
import io.caravan.shaping.BreakerRules;
import io.caravan.shaping.Slowing;
import io.caravan.shaping.WarmUps;

import static org.assertj.core.api.Assertions.assertThat;

/** What limits a lane that was slowed down, at any time after. */
class LaneLimitsTest {

    private static final Instant SLOWED = Instant.parse("2026-03-02T10:00:00Z");
    private static final String SAID = "421 4.7.0 slow down";
    private static final int LANE = 7;

    private final LaneWatch watch = new LaneWatch(new Refusals(ReplyRulesFile.read(Path.of("nowhere"))), null, null,
            null, null, new BreakerRules(List.of()));
    private final Sending sending = new Sending(false, Set.of(), "mx", Map.of(), Map.of(), null, Map.of(),
            Map.of("paced.example", Rate.parse("40/s"), "hourly.example", Rate.parse("20/h"), "minutely.example",
                    Rate.parse("1/min"), "daily.example", Rate.parse("1/day"), "odd.example",
                    Rate.parse("695/min")),
            Map.of(), "http://127.0.0.1:8080", 500, 1_500, 64 << 20,
            Duration.ofSeconds(5));
    private Instant now = SLOWED;
    private final LaneLimits limits = new LaneLimits(watch, sending, new BreakerRules(List.of()),
            new Slowing(0.5, 0.05, Duration.ofSeconds(10), Duration.ofMinutes(10)), new WarmUps(List.of()), () -> now);

    private void slowed(double factor, double base) {
        watch.set(Map.of(LANE, new LaneState(LANE, BreakerState.CLOSED, "", SLOWED, null, "", false, "", null,
                new LaneState.Trial(0, 0), new LaneState.Pace(factor, base, SLOWED, SAID))));
    }

    private List<Limit> at(String provider, Duration after) {
        now = SLOWED.plus(after);
        return limits.of(LANE, "mx", "shop", provider, false);
    }

    private String why(String provider, Duration after) {
        return limits.why(LANE, at(provider, after).getFirst(), "shop", provider);
    }

    @Test
    void aLaneWithoutARateComesBackToWhatItDidThenDoublesUntilNothingLimitsIt() {
        slowed(0.5, 20);

        assertThat(at("free.example", Duration.ZERO)).containsExactly(limit("10/s"));
        assertThat(at("free.example", Duration.ofMinutes(3))).containsExactly(limit("16/s"));
        assertThat(at("free.example", Duration.ofMinutes(5))).containsExactly(limit("20/s"));
        assertThat(at("free.example", Duration.ofMinutes(6))).containsExactly(limit("40/s"));
        assertThat(at("free.example", Duration.ofMinutes(8))).containsExactly(limit("160/s"));
        assertThat(at("free.example", Duration.ofMinutes(15))).isEmpty();
    }

    @Test
    void noSecondOfItsWayBackIsAJump() {
        slowed(0.05, 1);

        double before = 0;
        int seconds = 0;
        for (List<Limit> one = at("free.example", Duration.ZERO); !one.isEmpty(); one = at("free.example",
                Duration.ofSeconds(++seconds))) {
            double perSecond = LaneLimits.perSecond(one.getFirst().rate());
            assertThat(perSecond).as("after %d s", seconds).isGreaterThanOrEqualTo(before);
            assertThat(before == 0 ? 1 : perSecond / before).as("after %d s", seconds).isLessThan(1.5);
            before = perSecond;
        }
        assertThat(seconds).as("once up to the rate, and as long again").isEqualTo(570 + 600);
        assertThat(before).as("where the limit ends, it is hardly one").isGreaterThan(900);
    }

    @Test
    void aLaneWithARateOfItsOwnComesBackToThat() {
        slowed(0.5, 20);

        assertThat(at("paced.example", Duration.ZERO)).containsExactly(limit("20/s"));
        assertThat(at("paced.example", Duration.ofMinutes(5))).containsExactly(limit("40/s"));
        assertThat(at("paced.example", Duration.ofMinutes(8))).containsExactly(limit("40/s"));
        assertThat(why("paced.example", Duration.ofMinutes(8))).as("its owner has written it").isNull();
    }

    @Test
    void whoAsksASlowLaneToSlowDownIsNotMailedFaster() {
        slowed(0.5, 20);

        assertThat(at("hourly.example", Duration.ZERO)).containsExactly(limit("10/h"));
        assertThat(at("hourly.example", Duration.ofMinutes(3))).containsExactly(limit("16/h"));
        assertThat(at("hourly.example", Duration.ofMinutes(5))).containsExactly(limit("20/h"));
        assertThat(at("minutely.example", Duration.ZERO)).containsExactly(limit("30/h"));
        assertThat(at("daily.example", Duration.ZERO)).as("nothing less can be written").containsExactly(
                limit("1/day"));
    }

    /** What is written in whole mails must not come to more than the owner has. */
    @Test
    void noShareOfARateIsMoreThanTheRate() {
        for (String provider : List.of("paced.example", "odd.example", "hourly.example", "minutely.example",
                "daily.example")) {
            Rate own = sending.laneRate(provider);
            for (double share = 0.05; share < 1; share += 0.001) {
                slowed(share, 20);

                assertThat(at(provider, Duration.ZERO).getFirst().rate().intervalMicros())
                        .as("%.3f of %s", share, own).isGreaterThanOrEqualTo(own.intervalMicros());
            }
        }
    }

    /** Each change of the words is a write to the ledger. */
    @Test
    void saysInTheSameWordsWhichPartOfItsWayItIsOn() {
        slowed(0.5, 20);

        assertThat(why("free.example", Duration.ZERO)).isEqualTo(why("free.example", Duration.ofMinutes(4)))
                .isEqualTo("slowed to 50 % of its rate, which recovers by itself: " + SAID);
        assertThat(why("free.example", Duration.ofMinutes(5))).isEqualTo(why("free.example", Duration.ofMinutes(14)))
                .isEqualTo(
                        "slowed lately, and back at the rate that it had; faster and faster until nothing limits it: "
                                + SAID);
    }

    @Test
    void runsOfALaneShareWhatItsWarmUpTakesToday() {
        LaneLimits.Overflow plan = new LaneLimits.Overflow("relay:main", 1_000, Long.MAX_VALUE);
        Map<Integer, Long> staying = new HashMap<>();

        assertThat(plan.rest(new Waiting(LANE, 800, 0), staying).rows()).isZero();
        assertThat(plan.rest(new Waiting(LANE, 500, 300), staying)).isEqualTo(new Waiting(LANE, 500, 100));
        assertThat(plan.rest(new Waiting(LANE, 40, 0), staying).rows()).isEqualTo(40);
        assertThat(plan.rest(new Waiting(LANE + 1, 800, 0), staying).rows()).as("another lane").isZero();
    }

    @Test
    void aSlowRunLeavesToOthersWhatItCannotSendToday() {
        Map<Integer, Long> staying = new HashMap<>();

        assertThat(new LaneLimits.Overflow("relay:main", 1_000, 60).rest(new Waiting(LANE, 1_000, 0), staying).rows())
                .as("it sends nothing another way that may stay").isZero();
        assertThat(new LaneLimits.Overflow("relay:main", 1_000, Long.MAX_VALUE)
                .rest(new Waiting(LANE, 1_000, 0), staying).rows()).isEqualTo(60);
    }

    private static Limit limit(String rate) {
        return new Limit("lane:" + LANE, Rate.parse(rate));
    }
}
