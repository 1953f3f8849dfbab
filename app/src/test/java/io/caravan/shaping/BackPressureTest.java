package io.caravan.shaping;

import java.time.Duration;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.caravan.shaping.BackPressure.Readings;

import static org.assertj.core.api.Assertions.assertThat;

class BackPressureTest {

    private static final long MB = 1024 * 1024;
    private final BackPressure limits = BackPressure.standard(64 * MB);

    @Test
    void letsANodeClaimThatIsAtItsLimits() {
        assertThat(limits.holds(
                new Readings(Duration.ofSeconds(2), 5000, 256 * MB, 1024 * MB, 64 * MB, Duration.ofSeconds(-2), true)))
                .isEmpty();
    }

    static Stream<Arguments> beyond() {
        Duration none = Duration.ZERO;
        return Stream.of(
                Arguments.of(new Readings(Duration.ofMillis(2001), 0, 0, 9000 * MB, 0, none, true),
                        "results wait 2.001 s"),
                Arguments.of(new Readings(none, 5001, 0, 9000 * MB, 0, none, true), "5001 results wait"),
                Arguments.of(new Readings(none, 0, 257 * MB, 9000 * MB, 0, none, true), "the journal holds 257 MB"),
                Arguments.of(new Readings(none, 0, 0, 1023 * MB, 0, none, true), "only 1023 MB are free"),
                Arguments.of(new Readings(none, 0, 0, 9000 * MB, 65 * MB, none, true), "65 MB of rendered mail"),
                Arguments.of(new Readings(none, 0, 0, 9000 * MB, 0, Duration.ofMillis(-2500), true),
                        "clock is 2.5 s off"),
                Arguments.of(new Readings(none, 0, 0, 9000 * MB, 0, none, false), "lease is not fresh"));
    }

    @ParameterizedTest
    @MethodSource("beyond")
    void holdsANodeBeyondAnyLimitAndSaysWhy(Readings now, String why) {
        assertThat(limits.holds(now))
                .hasValueSatisfying(reason -> assertThat(reason).contains(why).doesNotContain(";"));
    }

    @Test
    void saysAllThatHoldsIt() {
        assertThat(limits.holds(new Readings(Duration.ofSeconds(3), 0, 0, 0, 0, Duration.ZERO, false)).orElseThrow()
                .split("; "))
                .hasSize(3);
    }
}
