package io.caravan.scheduling;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.quartz.Scheduler;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignSpec.Misfire;
import io.caravan.mail.CampaignSpec.Schedule;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.PermanentFault;
import io.caravan.mail.TemporaryFault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** When schedules fire, on one node and on several. */
class SchedulesIT extends SchedulerFixture {

    @Test
    void aScheduleOutlivesItsSchedulerAndEachMissedFiringComesOnceWithItsOwnTime() throws Exception {
        Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(10);
        Scheduler first = node("first");
        new Schedules(first).put(CAMPAIGN, cron("* * * * * ?"), start);
        first.shutdown();

        node("second").start();

        await().until(() -> fired.size() >= 12);
        assertThat(times()).startsWith(IntStream.range(0, 12).mapToObj(start::plusSeconds).toArray(Instant[]::new));
    }

    @Test
    void aTimeInThePastComesAtOnceAndOnlyOnce() throws Exception {
        Instant yesterday = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(1, ChronoUnit.DAYS);
        Scheduler node = node("only");
        node.start();

        new Schedules(node).put(CAMPAIGN, at(yesterday), Instant.now());

        await().until(() -> times().equals(List.of(yesterday)));
        await().until(() -> new Schedules(node).scheduled().isEmpty());
        assertThat(times()).hasSize(1);
    }

    @Test
    void nowFiresNow() throws Exception {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        Scheduler node = node("only");
        node.start();

        new Schedules(node).put(CAMPAIGN, new Schedule(true, null, null, ROME, Misfire.DEFAULT), now);

        await().until(() -> times().equals(List.of(now)));
    }

    @Test
    void twoSchedulersFireEachMomentOnce() throws Exception {
        Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(20);
        List<Scheduler> both = List.of(node("first"), node("second"));
        for (int i = 1; i <= 5; i++) {
            new Schedules(both.get(i % 2)).put(new CampaignId(i), cron("* * * * * ?"), start);
        }

        for (Scheduler node : both) {
            node.start();
        }

        await().until(() -> fired.size() >= 5 * 22);
        assertThat(fired.stream().map(firing -> firing.campaign() + " " + firing.scheduledFor()))
                .doesNotHaveDuplicates();
        for (int i = 1; i <= 5; i++) {
            CampaignId campaign = new CampaignId(i);
            assertThat(times(campaign))
                    .startsWith(IntStream.range(0, 15).mapToObj(start::plusSeconds).toArray(Instant[]::new));
        }
    }

    @Test
    void aFiringThatFailsIsTriedAgain() throws Exception {
        Instant due = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        BlockingQueue<Instant> tried = new LinkedBlockingQueue<>();
        Scheduler node = node("only", (_, scheduledFor) -> {
            tried.add(scheduledFor);
            if (tried.size() < 2) {
                throw new TemporaryFault("the database is away");
            }
        });
        node.start();

        new Schedules(node).put(CAMPAIGN, at(due), due);

        await().until(() -> tried.size() == 2);
        assertThat(tried).containsExactly(due, due);
    }

    @Test
    void aFiringThatIsRefusedIsNotTriedAgain() throws Exception {
        Scheduler node = node("only", (campaign, scheduledFor) -> {
            fired.add(new Firing("only", campaign, scheduledFor));
            throw new PermanentFault("no such campaign");
        });
        node.start();

        new Schedules(node).put(CAMPAIGN, at(Instant.now()), Instant.now());

        await().until(() -> fired.size() == 1);
        await().until(() -> JdbcClient.create(database).sql("select count(*) from QRTZ_FIRED_TRIGGERS")
                .query(Integer.class).single() == 0);
        assertThat(fired).hasSize(1);
    }

    @Test
    void theFiringOfANodeThatWentDownInItComesToAnother() throws Exception {
        Instant due = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        BlockingQueue<Instant> tried = new LinkedBlockingQueue<>();
        Scheduler dying = node("dying", (_, scheduledFor) -> {
            tried.add(scheduledFor);
            throw new TemporaryFault("the database is away");
        });
        dying.start();
        new Schedules(dying).put(CAMPAIGN, at(due), due);
        await().until(() -> !tried.isEmpty());
        dying.shutdown(false);

        node("other").start();

        await().atMost(Duration.ofSeconds(30)).until(() -> fired.size() == 1);
        assertThat(fired).containsExactly(new Firing("other", CAMPAIGN, due));
    }

    @Test
    void whatIsScheduledIsWhatFiringsSaysOnTheDayOfTheGapToo() throws Exception {
        Schedules schedules = new Schedules(node("only"));
        Instant eve = Instant.parse("2026-03-28T12:00:00Z");

        schedules.put(CAMPAIGN, cron("0 30 2 * * ?"), eve);

        assertThat(schedules.scheduled()).extracting(Schedules.Planned::next)
                .isEqualTo(Firings.next(cron("0 30 2 * * ?"), eve, 1))
                .containsExactly(Instant.parse("2026-03-29T01:30:00Z"));
    }

    @Test
    void theNextFiringsOfAllCampaignsComeInTheOrderOfTheirTimes() throws Exception {
        Schedules schedules = new Schedules(node("only"));
        Instant eve = Instant.parse("2026-03-28T12:00:00Z");
        CampaignId hourly = new CampaignId(8);
        CampaignId once = new CampaignId(9);
        schedules.put(CAMPAIGN, cron("0 0 20 * * ?"), eve);
        schedules.put(hourly, cron("0 30 * * * ?"), eve);
        schedules.put(once, at(eve.plus(2, ChronoUnit.HOURS)), eve);

        List<Schedules.Planned> upcoming = schedules.upcoming(10);

        assertThat(upcoming).extracting(Schedules.Planned::campaign).containsExactly(hourly, hourly, once, hourly,
                hourly, hourly, hourly, hourly, CAMPAIGN, hourly);
        assertThat(upcoming).extracting(Schedules.Planned::next).isSorted()
                .startsWith(eve.plus(30, ChronoUnit.MINUTES), eve.plus(90, ChronoUnit.MINUTES));
        assertThat(schedules.upcoming(1)).hasSize(1);
    }

    @Test
    void refusesAWrongExpressionAndStoresNothing() throws Exception {
        Schedules schedules = new Schedules(node("only"));

        assertThatThrownBy(() -> schedules.put(CAMPAIGN, cron("0 9 * * MON"), Instant.now()))
                .isInstanceOf(InvalidInput.class);

        assertThat(schedules.scheduled()).isEmpty();
    }
}
