package io.caravan.e2e;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

import io.caravan.campaign.Timetable;
import io.caravan.mail.CampaignSpec.Schedule;
import io.caravan.mail.RunState;
import io.caravan.scheduling.Firings;
import io.caravan.scheduling.Schedules;

import static org.assertj.core.api.Assertions.assertThat;

/** The schedules: when each campaign is due, what came late, and what a person may do about it. */
class SchedulePageIT {

    private static Pages pages;

    @BeforeAll
    static void open() {
        pages = Pages.shared();
    }

    private static void weekly(String name, String... more) {
        pages.server.campaign(name, Server.people(3, name + ".example"),
                "schedule: {cron: '0 0 9 ? * MON', zone: Europe/Rome}\n" + String.join("\n", more));
        pages.until(name + " is scheduled", () -> standing(name).next() != null);
    }

    private static Schedules.Standing standing(String name) {
        return pages.server.bean(Schedules.class).standing(List.of(pages.server.id(name))).get(pages.server.id(name));
    }

    private static Schedule schedule(String name) {
        return pages.server.bean(Timetable.class).find(pages.server.id(name)).orElseThrow().schedule();
    }

    private static String row(String name) {
        return "tr[data-campaign='" + name + "']";
    }

    @Test
    void saysWhenACampaignIsDueInWordsAndTheNextTenFirings() {
        weekly("schedule-weekly");

        pages.open("/schedule");
        assertThat(pages.text(row("schedule-weekly"))).contains("every Monday at 09:00, Europe/Rome", "0 0 9 ? * MON",
                "waiting", "none yet");
        assertThat(Instant.parse(pages.find(row("schedule-weekly") + " time").getDomAttribute("datetime")))
                .isEqualTo(standing("schedule-weekly").next());
        assertThat(pages.text("#jobs")).contains("advance-runs", "every 500 ms", "tick-pump", "every 250 ms",
                "remove-what-is-old", "every 1 d");

        pages.open("/schedule/schedule-weekly");
        List<Instant> shown = pages.all("#firings time").stream().map(time -> time.getDomAttribute("datetime"))
                .map(Instant::parse).toList();
        assertThat(shown).hasSize(10).isEqualTo(Firings.next(schedule("schedule-weekly"), Instant.now(), 10));
    }

    @Test
    void aPausedScheduleStaysPausedWhenItsCampaignIsChangedAndGoesOnWhenItIsResumedAllByKeyboard() {
        weekly("schedule-paused");

        pages.open("/schedule").tabTo("#pause-schedule-paused").press(Keys.ENTER);
        pages.untilText(".said", "The schedule of schedule-paused is paused");
        assertThat(pages.text(row("schedule-paused"))).contains("paused", "none");
        assertThat(standing("schedule-paused").paused()).isTrue();

        pages.server.campaign("schedule-paused", Server.people(4, "schedule-paused.example"),
                "schedule: {cron: '0 0 10 ? * TUE', zone: Europe/Rome}");
        pages.until("the change is taken", () -> "0 0 10 ? * TUE".equals(schedule("schedule-paused").cron()));
        pages.open("/schedule/schedule-paused");
        assertThat(pages.text()).contains("every Tuesday at 10:00", "paused by a person");
        assertThat(standing("schedule-paused").paused()).isTrue();

        pages.tabTo("#resume").press(Keys.ENTER);
        pages.untilText(".said", "goes on; it fires next at");
        assertThat(standing("schedule-paused").paused()).isFalse();
        assertThat(standing("schedule-paused").next())
                .isEqualTo(Firings.next(schedule("schedule-paused"), Instant.now(), 1).getFirst());
    }

    @Test
    void isTriggeredByKeyboardAndItsScheduleGoesOn() {
        weekly("schedule-now");
        Instant next = standing("schedule-now").next();

        pages.open("/schedule/schedule-now").tabTo("#ask").press(Keys.ENTER);
        pages.tabTo("#trigger").press(Keys.ENTER);

        pages.untilText(".said", "run 1 is opened");
        pages.server.awaitRun("schedule-now", RunState.FINISHED);
        assertThat(pages.server.ledger("schedule-now")).hasSize(3);
        assertThat(standing("schedule-now").next()).isEqualTo(next);
    }

    @Test
    void tellsWhatBecameOfAFiringThatCameLate() {
        String past = LocalDateTime.now(ZoneOffset.UTC).minusHours(3).truncatedTo(ChronoUnit.SECONDS).toString();
        pages.server.campaign("schedule-late", Server.people(3, "late.example"),
                "schedule: {at: '" + past + "', zone: UTC}");
        pages.server.awaitRun("schedule-late", RunState.ASKING);

        pages.open("/schedule");
        WebElement link = pages.find("a[href$='/runs/" + pages.server.run("schedule-late").id() + "']");
        String told = link.findElement(org.openqa.selenium.By.xpath("./ancestor::tr")).getText();

        assertThat(told).contains("schedule-late, run 1", "3 h", "asking",
                pages.server.run("schedule-late").reason());
    }

    @Test
    void isInOrder() {
        weekly("schedule-order");
        pages.check("/schedule");
        pages.check("/schedule/schedule-order");
        pages.screenshots("/schedule", "schedule");
        pages.screenshots("/schedule/schedule-order", "schedule-one");
    }
}
