package io.caravan.scheduling;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.StdJDBCDelegate;
import org.quartz.spi.OperableTrigger;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.mail.CampaignId;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What becomes of a schedule that is put again, removed, paused, or of an earlier version. */
class ScheduleChangesIT extends SchedulerFixture {

    @Test
    void puttingTheSameAgainLosesNoMissedFiringAndAnotherReplacesIt() throws Exception {
        Schedules schedules = new Schedules(node("only"));
        Instant past = Instant.parse("2026-03-16T08:00:00Z");
        schedules.put(CAMPAIGN, cron("0 0 9 ? * MON"), past);

        schedules.put(CAMPAIGN, cron("0 0 9 ? * MON"), past.plus(30, ChronoUnit.DAYS));
        assertThat(schedules.scheduled()).containsExactly(new Schedules.Planned(CAMPAIGN, past));

        schedules.put(CAMPAIGN, cron("0 0 10 ? * MON"), past);
        assertThat(schedules.scheduled())
                .containsExactly(new Schedules.Planned(CAMPAIGN, past.plus(1, ChronoUnit.HOURS)));
    }

    @Test
    void removedSchedulesDoNotFire() throws Exception {
        Scheduler node = node("only");
        Schedules schedules = new Schedules(node);
        Instant past = Instant.now().minusSeconds(5);
        schedules.put(CAMPAIGN, cron("* * * * * ?"), past);
        schedules.put(new CampaignId(8), at(past), past);

        schedules.remove(CAMPAIGN);
        schedules.remove(CAMPAIGN);
        node.start();

        await().until(() -> !times(new CampaignId(8)).isEmpty());
        assertThat(times(CAMPAIGN)).isEmpty();
    }

    @Test
    void aTriggerThatFiresForTheLastTimeWhileItIsRemovedIsAsGoodAsRemoved() throws Exception {
        Scheduler other = node("other");
        Schedules schedules = new Schedules(node("only", ListedAndGone.class, (_, _) -> {
        }));
        schedules.put(CAMPAIGN, at(Instant.now()), Instant.now());
        ListedAndGone.afterListing = () -> takeAway(other);

        schedules.remove(CAMPAIGN);

        assertThat(ListedAndGone.afterListing).as("it was gone between the listing and the removal").isNull();
        assertThat(other.checkExists(JobKey.jobKey(CAMPAIGN.toString(), "campaigns"))).isFalse();
    }

    /** What the last firing does to its trigger, from another node. */
    private static void takeAway(Scheduler node) {
        try {
            node.unscheduleJob(TriggerKey.triggerKey(CAMPAIGN.toString(), "campaign-" + CAMPAIGN));
        } catch (SchedulerException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A store in which something happens once, right after a job's triggers were listed. */
    public static final class ListedAndGone extends StdJDBCDelegate {

        private static volatile Runnable afterListing;

        @Override
        public List<OperableTrigger> selectTriggersForJob(Connection connection, JobKey job)
                throws SQLException, ClassNotFoundException, IOException, JobPersistenceException {
            List<OperableTrigger> listed = super.selectTriggersForJob(connection, job);
            Runnable next = afterListing;
            afterListing = null;
            if (next != null) {
                next.run();
            }
            return listed;
        }
    }

    @Test
    void aPausedScheduleStaysPausedOverRestartsChangesAndRemovalAndWhatThePauseKeptBackDoesNotCome() throws Exception {
        Instant past = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(30);
        Scheduler first = node("first");
        Schedules schedules = new Schedules(first);
        schedules.put(CAMPAIGN, cron("* * * * * ?"), past);
        schedules.put(new CampaignId(8), at(past), past);
        schedules.pause(CAMPAIGN);
        assertThat(schedules.scheduled()).extracting(Schedules.Planned::campaign).containsExactly(new CampaignId(8));
        first.shutdown();

        Scheduler second = node("second");
        schedules = new Schedules(second);
        second.start();
        schedules.put(CAMPAIGN, cron("* * * * * ?"), past);
        schedules.put(CAMPAIGN, cron("0/2 * * * * ?"), past);
        schedules.remove(CAMPAIGN);
        schedules.put(CAMPAIGN, cron("* * * * * ?"), past);
        await().until(() -> !times(new CampaignId(8)).isEmpty());
        assertThat(schedules.standing(List.of(CAMPAIGN)).get(CAMPAIGN).paused()).isTrue();
        assertThat(times(CAMPAIGN)).isEmpty();

        Instant resumed = Instant.now();
        schedules.resume(CAMPAIGN, cron("* * * * * ?"), resumed);

        await().until(() -> times(CAMPAIGN).size() >= 2);
        assertThat(times(CAMPAIGN)).allMatch(time -> !time.isBefore(resumed));
        Schedules.Standing standing = schedules.standing(List.of(CAMPAIGN)).get(CAMPAIGN);
        assertThat(standing.paused()).isFalse();
        assertThat(standing.previous()).isBetween(resumed, standing.next());
    }

    @Test
    void schedulesOfAnEarlierVersionFireOnAndCanBePaused() throws Exception {
        Instant past = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(5);
        Scheduler node = node("only");
        Schedules schedules = new Schedules(node);
        schedules.put(CAMPAIGN, cron("* * * * * ?"), past);
        schedules.put(new CampaignId(8), at(past), past);
        JdbcClient sql = JdbcClient.create(database);
        String before = "update %s set TRIGGER_GROUP = 'campaigns'";
        asOneSession(Stream.of("QRTZ_CRON_TRIGGERS", "QRTZ_SIMPLE_TRIGGERS", "QRTZ_TRIGGERS").map(before::formatted));
        assertThat(schedules.scheduled()).isEmpty();

        asOneSession(Stream.of(Files.readString(Path.of("db/migration/V017__schedule_groups.sql"))
                .replaceAll("(?m)^--.*$", "").split(";")).filter(statement -> !statement.isBlank()));

        assertThat(schedules.scheduled()).extracting(Schedules.Planned::campaign).containsOnly(CAMPAIGN,
                new CampaignId(8));
        schedules.pause(CAMPAIGN);
        node.start();
        await().until(() -> times(new CampaignId(8)).equals(List.of(past)));
        assertThat(times(CAMPAIGN)).isEmpty();
        assertThat(sql.sql("select count(*) from QRTZ_TRIGGERS where TRIGGER_STATE = 'PAUSED'").query(Integer.class)
                .single()).isEqualTo(1);
    }

    private void asOneSession(Stream<String> statements) throws Exception {
        try (Connection connection = database.getConnection(); Statement sql = connection.createStatement()) {
            sql.execute("set foreign_key_checks = 0");
            for (String statement : statements.toList()) {
                sql.execute(statement);
            }
            sql.execute("set foreign_key_checks = 1");
        }
    }
}
