package io.caravan.shaping;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RelayHealthTest {

    private Instant now = Instant.parse("2026-11-24T09:00:00Z");
    private final InstantSource clock = () -> now;
    private final RelayHealth health = new RelayHealth(RelayHealth.REST, clock.withZone(ZoneOffset.UTC));

    @Test
    void leavesARelayAloneForAWhileAfterAFailure() {
        assertThat(health.mayTry("a")).isTrue();
        health.failed("a", "refused");
        now = now.plusSeconds(29);

        assertThat(health.mayTry("a")).isFalse();
        assertThat(health.isDown("a")).isTrue();
        assertThat(health.mayTry("b")).isTrue();
    }

    @Test
    void letsOneMailTryAndAllAfterItsSuccess() {
        health.failed("a", "refused");
        now = now.plus(Duration.ofSeconds(31));

        assertThat(health.mayTry("a")).isTrue();
        assertThat(health.mayTry("a")).as("one trial at a time").isFalse();
        health.worked("a");
        assertThat(health.mayTry("a")).isTrue();
        assertThat(health.mayTry("a")).isTrue();
        assertThat(health.isDown("a")).isFalse();
    }

    @Test
    void restsAgainAfterAFailedTrial() {
        health.failed("a", "refused");
        now = now.plus(Duration.ofSeconds(31));
        assertThat(health.mayTry("a")).isTrue();
        health.failed("a", "refused");

        assertThat(health.mayTry("a")).isFalse();
        now = now.plus(Duration.ofSeconds(31));
        assertThat(health.mayTry("a")).isTrue();
    }

    @Test
    void knowsForAWhileThatItTriedInVainAndUntilTheNextFailureThatItWorked() {
        assertThat(health.isProven("a")).as("never tried").isFalse();
        health.failed("a", "refused");
        assertThat(health.failedLately("a")).isTrue();
        now = now.plus(Duration.ofMinutes(11));
        assertThat(health.failedLately("a")).as("nobody has tried since").isFalse();

        assertThat(health.mayTry("a")).isTrue();
        health.worked("a");
        assertThat(health.isProven("a")).isTrue();
        health.failed("a", "refused");
        assertThat(health.isProven("a")).isFalse();
        assertThat(health.failedLately("a")).isTrue();
    }

    @Test
    void saysWithoutTryingWhatMayBeClaimedForARelay() {
        assertThat(health.standing("a")).isEqualTo(RelayHealth.Standing.UP);
        health.failed("a", "refused");
        now = now.plusSeconds(29);
        assertThat(health.standing("a")).isEqualTo(RelayHealth.Standing.DOWN);

        now = now.plusSeconds(2);
        assertThat(health.standing("a")).isEqualTo(RelayHealth.Standing.TRIAL_DUE);
        assertThat(health.mayTry("a")).as("it is still due after it was asked about").isTrue();
        assertThat(health.standing("a")).as("the trial is under way").isEqualTo(RelayHealth.Standing.DOWN);

        health.worked("a");
        assertThat(health.standing("a")).isEqualTo(RelayHealth.Standing.UP);
    }
}
