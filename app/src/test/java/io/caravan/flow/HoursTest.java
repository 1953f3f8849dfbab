package io.caravan.flow;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.caravan.mail.InvalidInput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HoursTest {

    @ParameterizedTest
    @CsvSource({"2026-03-02T08:59:59+01:00, false", "2026-03-02T09:00+01:00, true", "2026-03-02T16:59:59+01:00, true",
            "2026-03-02T17:00+01:00, false", "2026-03-06T12:00+01:00, true", "2026-03-07T12:00+01:00, false",
            "2026-03-08T12:00+01:00, false", "2026-07-01T07:30Z, true"})
    void countsWeekdaysFromTheFirstMinuteToBeforeTheLast(String now, boolean within) {
        assertThat(at(now).within("09:00", "17:00", "Europe/Rome")).isEqualTo(within);
    }

    @ParameterizedTest
    @CsvSource({"2026-03-02T10:00+01:00, 2026-03-02T10:00+01:00", "2026-03-02T03:00+01:00, 2026-03-02T09:00+01:00",
            "2026-03-02T17:00+01:00, 2026-03-03T09:00+01:00", "2026-03-06T18:00+01:00, 2026-03-09T09:00+01:00",
            // clocks go forward on Sunday the 29th: nine is an hour sooner
            "2026-03-27T18:00+01:00, 2026-03-30T09:00+02:00"})
    void opensAtTheNextWeekdaysFirstMinuteAndAtOnceWhenItIsOpen(String now, String opening) {
        assertThat(at(now).opening("09:00", "17:00", "Europe/Rome"))
                .isEqualTo(ZonedDateTime.parse(opening).toInstant());
    }

    @Test
    void isOpenAtTheMomentThatItNames() {
        Instant opening = at("2026-10-24T12:00Z").opening("02:30", "17:00", "Europe/Rome");

        assertThat(new Hours(InstantSource.fixed(opening)).within("02:30", "17:00", "Europe/Rome")).isTrue();
    }

    @Test
    void saysHowAZoneAndATimeAreWritten() {
        assertThatThrownBy(() -> at("2026-03-02T10:00Z").within("09:00", "17:00", "Rome"))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("write one like Europe/Rome");
        assertThatThrownBy(() -> at("2026-03-02T10:00Z").within("9", "17:00", "Europe/Rome"))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("write it as 09:00");
    }

    private static Hours at(String now) {
        return new Hours(InstantSource.fixed(ZonedDateTime.parse(now).toInstant()));
    }
}
