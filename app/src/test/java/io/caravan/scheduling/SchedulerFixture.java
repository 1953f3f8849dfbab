package io.caravan.scheduling;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import javax.sql.DataSource;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.quartz.Scheduler;
import org.quartz.impl.jdbcjobstore.StdJDBCDelegate;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.scheduling.quartz.SchedulerFactoryBean;
import org.springframework.scheduling.quartz.SpringBeanJobFactory;

import io.caravan.TestDatabase;
import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignSpec.Misfire;
import io.caravan.mail.CampaignSpec.Schedule;

/** Schedulers that share a database of the test's own, and what fired on them. */
abstract class SchedulerFixture {

    static final ZoneId ROME = ZoneId.of("Europe/Rome");
    static final CampaignId CAMPAIGN = new CampaignId(7);

    final List<GenericApplicationContext> nodes = new ArrayList<>();
    final BlockingQueue<Firing> fired = new LinkedBlockingQueue<>();
    DataSource database;

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

    List<Instant> times() {
        return fired.stream().map(Firing::scheduledFor).toList();
    }

    List<Instant> times(CampaignId campaign) {
        return fired.stream().filter(firing -> firing.campaign().equals(campaign)).map(Firing::scheduledFor).toList();
    }

    static Schedule cron(String cron) {
        return FiringsTest.cron(cron, ROME);
    }

    static Schedule at(Instant moment) {
        return new Schedule(false, LocalDateTime.ofInstant(moment, ZoneOffset.UTC), null, ZoneOffset.UTC,
                Misfire.DEFAULT);
    }

    Scheduler node(String name) throws Exception {
        return node(name, (campaign, scheduledFor) -> fired.add(new Firing(name, campaign, scheduledFor)));
    }

    Scheduler node(String name, CampaignDue due) throws Exception {
        return node(name, QuartzTables.class, due);
    }

    /** A node's scheduler as Spring Boot makes it, not started. */
    Scheduler node(String name, Class<? extends StdJDBCDelegate> tables, CampaignDue due) throws Exception {
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
