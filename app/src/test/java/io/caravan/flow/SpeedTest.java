package io.caravan.flow;

import java.time.Instant;

import org.junit.jupiter.api.Test;

import io.caravan.mail.RunId;

import static org.assertj.core.api.Assertions.assertThat;

class SpeedTest {

    private Instant now = Instant.parse("2026-03-02T09:00:00.500Z");
    private final Speed speed = new Speed(() -> now);

    @Test
    void isTheMeanOfTheLastFiveWholeSeconds() {
        speed.settled(1, 400);
        forward(1);
        speed.settled(1, 600);
        assertThat(speed.perSecond(new RunId(1))).isEqualTo(80); // the second that has just begun does not count yet

        forward(1);

        assertThat(speed.perSecond(new RunId(1))).isEqualTo(200);
    }

    @Test
    void fallsToNothingWhenNothingIsSettled() {
        speed.settled(1, 500);

        forward(5);
        assertThat(speed.perSecond(new RunId(1))).isEqualTo(100);
        forward(1);
        assertThat(speed.perSecond(new RunId(1))).isZero();
        forward(100);
        speed.settled(1, 5);
        forward(1);
        assertThat(speed.perSecond(new RunId(1))).isEqualTo(1);
    }

    @Test
    void isEachRunsOwn() {
        speed.settled(1, 500);
        speed.settled(2, 50);
        forward(1);

        assertThat(speed.perSecond(new RunId(2))).isEqualTo(10);
        assertThat(speed.perSecond(new RunId(3))).isZero();
    }

    @Test
    void keepsNothingOfRunsThatAreOver() {
        for (int run = 1; run <= 100; run++) {
            speed.settled(run, 500);
            speed.settled(run, 7, 500);
            forward(run % 2);
        }
        assertThat(speed.perSecond(new RunId(99))).isEqualTo(100);

        forward(10);
        speed.settled(101, 1);

        assertThat(speed.kept()).isEqualTo(1);
        assertThat(speed.perSecond(new RunId(99), 7)).isZero();
    }

    private void forward(long seconds) {
        now = now.plusSeconds(seconds);
    }
}
