package io.caravan.shaping;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowId;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class RetryScheduleTest {

    private static final Instant START = Instant.parse("2026-11-24T09:00:00Z");
    private final RetrySchedule schedule = new RetrySchedule(Duration.ofMinutes(5), 2, Duration.ofHours(4),
            Duration.ofDays(3));

    @Test
    void waitsLongerEachTimeUpToALimit() {
        long[] minutes = IntStream.rangeClosed(1, 12).mapToLong(attempts -> Duration
                .between(START, schedule.next(new RowId(1, 1), attempts, START, START).orElseThrow()).toMinutes())
                .toArray();

        long[] plain = {5, 10, 20, 40, 80, 160, 240, 240, 240, 240, 240, 240};
        for (int i = 0; i < plain.length; i++) {
            assertThat((double) minutes[i]).isCloseTo(plain[i], within(plain[i] * 0.1 + 1));
        }
    }

    @Test
    void spreadsWhatWasDeferredTogetherAndSaysTheSameAgain() {
        List<Instant> due = IntStream.rangeClosed(1, 1000)
                .mapToObj(n -> schedule.next(new RowId(9, n), 3, START, START).orElseThrow())
                .toList();
        List<Instant> again = IntStream.rangeClosed(1, 1000)
                .mapToObj(n -> schedule.next(new RowId(9, n), 3, START, START).orElseThrow())
                .toList();

        assertThat(due).isEqualTo(again);
        for (int minute = 18; minute < 22; minute++) { // 20 minutes, a tenth either way: a quarter in each minute
            Instant from = START.plus(Duration.ofMinutes(minute));
            assertThat(due.stream().filter(at -> !at.isBefore(from) && at.isBefore(from.plusSeconds(60))).count())
                    .isBetween(190L, 310L);
        }
    }

    @Test
    void triesALastTimeWhenItExpiresAndThenNoMore() {
        List<Instant> attempts = new ArrayList<>(List.of(START));
        Optional<Instant> next = schedule.next(new RowId(1, 7), 1, START, START);
        while (next.isPresent()) {
            attempts.add(next.get());
            next = schedule.next(new RowId(1, 7), attempts.size(), START, next.get());
        }

        assertThat(attempts.getLast()).isEqualTo(START.plus(Duration.ofDays(3)));
        assertThat(attempts).hasSizeBetween(20, 28).isSorted();
    }

    @Test
    void refusesNonsense() {
        assertThatThrownBy(() -> new RetrySchedule(Duration.ZERO, 2, Duration.ofHours(4), Duration.ofDays(3)))
                .isInstanceOf(InvalidInput.class);
        assertThatThrownBy(
                () -> new RetrySchedule(Duration.ofMinutes(5), Double.NaN, Duration.ofHours(4), Duration.ofDays(3)))
                .isInstanceOf(InvalidInput.class);
    }
}
