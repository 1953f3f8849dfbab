package io.caravan.scheduling;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.caravan.mail.CampaignSpec.Late;
import io.caravan.mail.CampaignSpec.Misfire;

import static org.assertj.core.api.Assertions.assertThat;

class MisfiresTest {

    private static final Instant DUE = Instant.parse("2026-03-29T01:30:00Z");

    @Test
    void asksWhenMoreThanAnHourLateIfNothingElseIsSaid() {
        assertThat(Misfires.decide(DUE, DUE.plus(Duration.ofHours(1)), Misfire.DEFAULT)).isEqualTo(Late.RUN);
        assertThat(Misfires.decide(DUE, DUE.plus(Duration.ofHours(1)).plusNanos(1), Misfire.DEFAULT))
                .isEqualTo(Late.ASK);
    }

    @ParameterizedTest
    @EnumSource
    void obeysThePolicyWhenTooLate(Late then) {
        Misfire policy = new Misfire(Duration.ofMinutes(10), then);

        assertThat(Misfires.decide(DUE, DUE.plusSeconds(599), policy)).isEqualTo(Late.RUN);
        assertThat(Misfires.decide(DUE, DUE.plusSeconds(601), policy)).isEqualTo(then);
    }

    @Test
    void asksAfterAClockThatJumpedADayAheadAndRunsWhenItWasSetBack() {
        assertThat(Misfires.decide(DUE, DUE.plus(Duration.ofDays(1)), Misfire.DEFAULT)).isEqualTo(Late.ASK);
        assertThat(Misfires.decide(DUE, DUE.minus(Duration.ofDays(1)), Misfire.DEFAULT)).isEqualTo(Late.RUN);
    }
}
