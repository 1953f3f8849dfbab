package io.caravan.shaping;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DailyQuotaTest {

    @Test
    void aDayIsTheOneOfItsZoneAlsoWhereClocksChange() {
        DailyQuota rome = new DailyQuota(10, ZoneId.of("Europe/Rome"));
        LocalDate change = LocalDate.of(2026, 10, 25); // has 25 hours there

        assertThat(rome.day(Instant.parse("2026-10-24T22:00:00Z"))).isEqualTo(change);
        assertThat(rome.day(Instant.parse("2026-10-25T22:59:59Z"))).isEqualTo(change);
        assertThat(rome.end(change)).isEqualTo("2026-10-25T23:00:00Z");
        assertThat(new DailyQuota(1, ZoneId.of("America/Sao_Paulo")).end(LocalDate.of(2018, 11, 3)))
                .as("there is no midnight that day").isEqualTo("2018-11-04T03:00:00Z");
    }

    @Test
    void aQuotaOfNothingIsRefused() {
        assertThatThrownBy(() -> new DailyQuota(0, ZoneId.of("UTC"))).hasMessageContaining("would send nothing");
    }
}
