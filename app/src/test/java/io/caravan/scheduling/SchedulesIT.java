package io.caravan.scheduling;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.StdJDBCDelegate;
import org.quartz.spi.OperableTrigger;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.quartz.SchedulerFactoryBean;
import org.springframework.scheduling.quartz.SpringBeanJobFactory;

import io.caravan.TestDatabase;
import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignSpec.Misfire;
import io.caravan.mail.CampaignSpec.Schedule;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.PermanentFault;
import io.caravan.mail.TemporaryFault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class SchedulesIT {

    private static final ZoneId ROME = ZoneId.of("Europe/Rome");
    private static final CampaignId CAMPAIGN = new CampaignId(7);

    private final List<GenericApplicationContext> nodes = new ArrayList<>();
    private final BlockingQueue<Firing> fired = new LinkedBlockingQueue<>();
    private DataSource database;

    record Firing(String node, CampaignId campaign, Instant scheduledFor) {
    }

    @BeforeEach
    void migrates() {
        database = TestDatabase.fresh();
    }

    @AfterEach
    void stops() throws Exception {
        for (GenericApplicationContext node : nodes) {
            node.close();
        }
        ((AutoCloseable) database).close();
    }

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
    void refusesAWrongExpressionAndStoresNothing() throws Exception {
        Schedules schedules = new Schedules(node("only"));

        assertThatThrownBy(() -> schedules.put(CAMPAIGN, cron("0 9 * * MON"), Instant.now()))
                .isInstanceOf(InvalidInput.class);

        assertThat(schedules.scheduled()).isEmpty();
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

    private List<Instant> times() {
        return fired.stream().map(Firing::scheduledFor).toList();
    }

    private List<Instant> times(CampaignId campaign) {
        return fired.stream().filter(firing -> firing.campaign().equals(campaign)).map(Firing::scheduledFor).toList();
    }

    private static Schedule cron(String cron) {
        return FiringsTest.cron(cron, ROME);
    }

    private static Schedule at(Instant moment) {
        return new Schedule(false, LocalDateTime.ofInstant(moment, ZoneOffset.UTC), null, ZoneOffset.UTC,
                Misfire.DEFAULT);
    }

    private Scheduler node(String name) throws Exception {
        return node(name, (campaign, scheduledFor) -> fired.add(new Firing(name, campaign, scheduledFor)));
    }

    private Scheduler node(String name, CampaignDue due) throws Exception {
        return node(name, QuartzTables.class, due);
    }

    /** A node's scheduler as Spring Boot makes it, not started. */
    private Scheduler node(String name, Class<? extends StdJDBCDelegate> tables, CampaignDue due) throws Exception {
        Properties quartz = new Properties();
        Stream.of("scheduler.instanceId=AUTO", "jobStore.isClustered=true",
                "jobStore.acquireTriggersWithinLock=true", "jobStore.clusterCheckinInterval=500",
                "jobStore.misfireThreshold=1000", "jobStore.driverDelegateClass=" + tables.getName(),
                "threadPool.threadCount=3", "scheduler.idleWaitTime=1000").map(line -> line.split("=")).forEach(
                        pair -> quartz.setProperty("org.quartz." + pair[0], pair[1]));
        GenericApplicationContext context = new GenericApplicationContext();
        context.registerBean(CampaignDue.class, () -> due);
        context.registerBean(SchedulerFactoryBean.class, () -> {
            SchedulerFactoryBean factory = new SchedulerFactoryBean();
            SpringBeanJobFactory jobs = new SpringBeanJobFactory();
            jobs.setApplicationContext(context);
            factory.setJobFactory(jobs);
            factory.setSchedulerName("caravan");
            factory.setAutoStartup(false);
            factory.setDataSource(database);
            factory.setQuartzProperties(quartz);
            return factory;
        });
        context.refresh();
        nodes.add(context);
        return context.getBean(Scheduler.class);
    }
}
