package io.caravan.scheduling;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.caravan.mail.CampaignSpec.Misfire;
import io.caravan.mail.CampaignSpec.Schedule;
import io.caravan.mail.InvalidInput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FiringsTest {

    static final ZoneId ROME = ZoneId.of("Europe/Rome");

    @Test
    void namesTheNextTenFirings() {
        List<Instant> firings = Firings.next(cron("0 0 9 ? * MON", ROME), Instant.parse("2026-03-16T08:00:00Z"), 10);

        assertThat(firings).hasSize(10).startsWith(Instant.parse("2026-03-16T08:00:00Z"),
                Instant.parse("2026-03-23T08:00:00Z"),
                Instant.parse("2026-03-30T07:00:00Z"));
    }

    @Test
    void namesATimeOnceAndNeverAfterIt() {
        Schedule schedule = new Schedule(false, LocalDateTime.parse("2026-12-01T09:00"), null, ROME, Misfire.DEFAULT);

        assertThat(Firings.next(schedule, Instant.parse("2026-12-01T08:00:00Z"), 10))
                .containsExactly(Instant.parse("2026-12-01T08:00:00Z"));
        assertThat(Firings.next(schedule, Instant.parse("2026-12-01T08:00:01Z"), 10)).isEmpty();
    }

    @Test
    void nowIsNow() {
        Instant now = Instant.parse("2026-12-01T08:00:00.123Z");

        assertThat(Firings.next(new Schedule(true, null, null, ROME, Misfire.DEFAULT), now, 10)).containsExactly(now);
    }

    @ParameterizedTest
    @CsvSource({"2026-03-29T02:30, 2026-03-29T01:30:00Z", "2026-03-29T01:59, 2026-03-29T00:59:00Z",
            "2026-10-25T02:30, 2026-10-25T01:30:00Z", "2026-10-25T03:00, 2026-10-25T02:00:00Z"})
    void aTimeThatIsSkippedIsPutOffAndOfADoubledOneTheSecondIsMeant(LocalDateTime at, Instant expected) {
        assertThat(Firings.at(at, ROME)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "Europe/Rome         | 0 30 2 * * ?        | 2026-03-28T12:00:00Z | 2026-03-29T01:30:00Z 2026-03-30T00:30:00Z",
            "Europe/Rome         | 0 30 2 * * ?        | 2026-03-29T01:30:00Z | 2026-03-29T01:30:00Z 2026-03-30T00:30:00Z",
            "Europe/Rome         | 0 30 2 * * ?        | 2026-03-29T01:30:01Z | 2026-03-30T00:30:00Z",
            "Europe/Rome         | 0 30 2 * * ?        | 2026-10-24T12:00:00Z | 2026-10-25T01:30:00Z 2026-10-26T01:30:00Z",
            "Europe/Rome         | 0 15/30 1-4 * * ?   | 2026-03-29T00:00:00Z | 2026-03-29T00:15:00Z 2026-03-29T00:45:00Z "
                    + "2026-03-29T01:15:00Z 2026-03-29T01:45:00Z 2026-03-29T02:15:00Z",
            "Europe/Rome         | 0 30 2 29 3 ? 2026  | 2026-01-01T00:00:00Z | 2026-03-29T01:30:00Z",
            "Europe/Rome         | 0 30 2 ? * SUN      | 2026-03-23T00:00:00Z | 2026-03-29T01:30:00Z 2026-04-05T00:30:00Z",
            "America/New_York    | 0 0 2 * * ?         | 2026-03-08T00:00:00Z | 2026-03-08T07:00:00Z 2026-03-09T06:00:00Z",
            "America/New_York    | 0 30 1 * * ?        | 2026-10-31T12:00:00Z | 2026-11-01T06:30:00Z 2026-11-02T06:30:00Z",
            "Australia/Lord_Howe | 0 0 2 * * ?         | 2026-10-03T00:00:00Z | 2026-10-03T15:30:00Z 2026-10-04T15:00:00Z",
            "Africa/Cairo        | 0 0 0 * * ?         | 2026-04-23T12:00:00Z | 2026-04-23T22:00:00Z 2026-04-24T21:00:00Z",
            "UTC                 | 0 30 2 * * ?        | 2026-03-28T12:00:00Z | 2026-03-29T02:30:00Z 2026-03-30T02:30:00Z"})
    void eachLaunchHappensOnceOnTheDaysWhenTheClocksChange(ZoneId zone, String cron, Instant from, String expected) {
        List<Instant> firings = List.of(expected.split(" +")).stream().map(Instant::parse).toList();

        assertThat(Firings.next(cron(cron, zone), from, firings.size())).isEqualTo(firings);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"0 9 * * MON | has 5 fields",
            "0 0 9 * * MON | day-of-month and day-of-week must be ?",
            "0 0 25 ? * MON | Hour values must be between 0 and 23", "0 0 9 ? * MOO | Invalid Day-of-Week value: 'MOO'",
            "'' | has 0 fields", "daily | has 1 fields", "a b c d e f | is wrong",
            "0 0 9 1 1 ? 2020 | names no moment after 2026", "0 0 9 31 2 ? | names no moment after 2026"})
    void saysWhatIsWrongWithACronExpression(String cron, String why) {
        Schedule schedule = cron(cron, ROME);

        assertThatThrownBy(() -> Firings.check(schedule, Instant.parse("2026-03-28T12:00:00Z")))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("'" + cron + "'").hasMessageContaining(why);
    }

    @Test
    void showsAnExampleOfACronExpression() {
        assertThatThrownBy(() -> Firings.next(cron("0 9 * * MON", ROME), Instant.EPOCH, 1))
                .hasMessageContaining("\"0 0 9 ? * MON\"");
    }

    static Schedule cron(String cron, ZoneId zone) {
        return new Schedule(false, null, cron, zone, Misfire.DEFAULT);
    }
}
