package io.caravan.scheduling;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.caravan.mail.CampaignSpec.Late;
import io.caravan.mail.CampaignSpec.Misfire;
import io.caravan.mail.CampaignSpec.Schedule;

import static org.assertj.core.api.Assertions.assertThat;

class ScheduleWordsTest {

    private static final ZoneId ROME = ZoneId.of("Europe/Rome");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0 0 9 ? * MON         | every Monday at 09:00
            0 30 7 ? * MON,THU    | every Monday and Thursday at 07:30
            0 0 9 ? * MON-FRI     | from Monday to Friday at 09:00
            0 0 9 ? * SAT,SUN     | on Saturdays and Sundays at 09:00
            0 0 9 ? * 2#1         | on the 1st Monday of the month at 09:00
            0 0 9 ? * 6L          | on the last Friday of the month at 09:00
            0 15 6 * * ?          | every day at 06:15
            0 0 8,20 * * ?        | every day at 08:00 and 20:00
            0 0 9 1 * ?           | on the 1st of every month at 09:00
            0 0 9 2,22,13 * ?     | on the 2nd, 22nd and 13th of every month at 09:00
            0 0 9 L * ?           | on the last day of the month at 09:00
            0 0 9 24 DEC ?        | on the 24th of December at 09:00
            0 0 9 ? 6,7 FRI       | every Friday in June and July at 09:00
            0 0/15 * * * ?        | every 15 minutes
            0 5 * * * ?           | every hour at 05 past
            0 0 */6 * * ?         | every 6 hours at 00 past
            0 0/5 * ? * MON       | every 5 minutes, every Monday
            """)
    void commonCronExpressionsAreSaidInWords(String cron, String words) {
        assertThat(ScheduleWords.of(new Schedule(false, null, cron, ROME, Misfire.DEFAULT)))
                .isEqualTo(words + ", Europe/Rome");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            10 0 9 ? * MON
            0 0-10 9 * * ?
            0 0 9 LW * ?
            0 0 9 1-7 * ?
            0 0 9 1 1 ? 2030
            0 0 9 ? JAN-MAR MON
            """)
    void rareOnesStayAsTheyAre(String cron) {
        assertThat(ScheduleWords.of(new Schedule(false, null, cron, ROME, Misfire.DEFAULT)))
                .isEqualTo("cron " + cron + ", Europe/Rome");
    }

    @Test
    void draftOneTimeAndNowAreSaid() {
        assertThat(ScheduleWords.of(null)).isEqualTo("when a person starts it");
        assertThat(ScheduleWords.of(new Schedule(true, null, null, ROME, Misfire.DEFAULT))).isEqualTo("at once");
        assertThat(ScheduleWords
                .of(new Schedule(false, LocalDateTime.of(2026, 12, 1, 9, 5), null, ROME, Misfire.DEFAULT)))
                .isEqualTo("Tuesday 1 December 2026 at 09:05, Europe/Rome");
    }

    @ParameterizedTest
    @CsvSource({"PT1H,ASK,if more than 1 h late, it asks", "PT90M,SKIP,if more than 90 min late, it is skipped",
            "P1D,RUN,if more than 1 d late, it runs all the same", "PT30S,ASK,if more than 30 s late, it asks"})
    void latenessIsSaid(Duration late, Late then, String first, String second) {
        assertThat(ScheduleWords.misfire(new Misfire(late, then))).isEqualTo(first + ", " + second);
    }
}
