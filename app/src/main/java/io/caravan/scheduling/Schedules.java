package io.caravan.scheduling;

import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.TimeZone;

import org.jspecify.annotations.Nullable;
import org.quartz.CronTrigger;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.SimpleTrigger;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.matchers.GroupMatcher;
import org.quartz.spi.MutableTrigger;

import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.TemporaryFault;

/**
 * The schedules of all campaigns, in Quartz's clustered store: each firing comes to one node, and those that nobody was there for come
 * one by one when somebody is, each with its own time.
 */
public final class Schedules {

    private static final String GROUP = "campaigns";

    private final Scheduler scheduler;

    public Schedules(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** From now on firings come, first those that nobody was there for. */
    public void start() {
        withQuartz("start the schedules", () -> {
            scheduler.start();
            return true;
        });
    }

    /** A campaign with a schedule, and when it fires next. */
    public record Planned(CampaignId campaign, Instant next) {
    }

    /**
     * Sets the campaign's schedule, in place of any earlier one. The same schedule again changes nothing, and no missed firing is lost
     * by it.
     *
     * @param notBefore a cron expression's firings before it do not come; for {@code now} the moment itself. A time in the past comes
     *                  at once, late as it is
     * @throws io.caravan.mail.InvalidInput the schedule is wrong or has no firing left
     * @throws TemporaryFault               the database does not answer
     */
    public void put(CampaignId campaign, CampaignSpec.Schedule schedule, Instant notBefore) {
        Firings.check(schedule, notBefore);
        MutableTrigger trigger = trigger(campaign, schedule, notBefore);
        withQuartz("set the schedule of campaign " + campaign, () -> {
            Trigger present = scheduler.getTrigger(trigger.getKey());
            boolean isNew = !isSame(present, trigger);
            if (isNew) {
                scheduler.scheduleJob(job(campaign), Set.of(trigger), true);
            }
            return isNew;
        });
    }

    /** No firing of it comes any more, not even one that was missed. Nothing happens if it has no schedule. */
    public void remove(CampaignId campaign) {
        withQuartz("remove the schedule of campaign " + campaign, () -> scheduler.deleteJob(jobKey(campaign)));
    }

    /** Every campaign that will fire, the next one first. */
    public List<Planned> scheduled() {
        return withQuartz("read the schedules", () -> {
            List<Planned> planned = new ArrayList<>();
            for (TriggerKey key : scheduler.getTriggerKeys(GroupMatcher.triggerGroupEquals(GROUP))) {
                Trigger trigger = scheduler.getTrigger(key);
                if (trigger != null && trigger.getNextFireTime() != null) {
                    planned.add(new Planned(campaign(trigger.getJobKey()), trigger.getNextFireTime().toInstant()));
                }
            }
            planned.sort(Comparator.comparing(Planned::next).thenComparing(plan -> plan.campaign().value()));
            return planned;
        });
    }

    static CampaignId campaign(JobKey key) {
        return new CampaignId(Long.parseLong(key.getName()));
    }

    private static JobKey jobKey(CampaignId campaign) {
        return new JobKey(campaign.toString(), GROUP);
    }

    private static JobDetail job(CampaignId campaign) {
        return JobBuilder.newJob(CampaignJob.class).withIdentity(jobKey(campaign)).storeDurably().requestRecovery()
                .build();
    }

    private static MutableTrigger trigger(CampaignId campaign, CampaignSpec.Schedule schedule, Instant notBefore) {
        TriggerKey key = new TriggerKey(campaign.toString(), GROUP);
        if (schedule.cron() != null) {
            return cron(key, campaign, schedule.cron().strip(), TimeZone.getTimeZone(schedule.zone()), notBefore);
        }
        Instant at = schedule.at() == null ? notBefore : Firings.at(schedule.at(), schedule.zone());
        return (MutableTrigger) TriggerBuilder.newTrigger().withIdentity(key).forJob(jobKey(campaign))
                .startAt(Date.from(at))
                .withSchedule(SimpleScheduleBuilder.simpleSchedule().withMisfireHandlingInstructionIgnoreMisfires())
                .build();
    }

    private static MutableTrigger cron(TriggerKey key, CampaignId campaign, String expression, TimeZone zone,
            Instant notBefore) {
        CampaignTrigger trigger = new CampaignTrigger();
        trigger.setKey(key);
        trigger.setJobKey(jobKey(campaign));
        trigger.setTimeZone(zone);
        trigger.setStartTime(Date.from(notBefore));
        // ours is the judgement of lateness: Quartz hands every missed firing over
        trigger.setMisfireInstruction(Trigger.MISFIRE_INSTRUCTION_IGNORE_MISFIRE_POLICY);
        try {
            trigger.setCronExpression(expression);
        } catch (ParseException e) {
            throw new IllegalStateException("checked before: " + expression, e);
        }
        return trigger;
    }

    private static boolean isSame(@Nullable Trigger present, Trigger wanted) {
        return switch (present) {
            case CronTrigger cron when wanted instanceof CronTrigger other ->
                cron.getCronExpression().equals(other.getCronExpression())
                        && cron.getTimeZone().equals(other.getTimeZone());
            case SimpleTrigger once when wanted instanceof SimpleTrigger ->
                once.getStartTime().equals(wanted.getStartTime());
            case null, default -> false;
        };
    }

    private interface Call<T> {
        T run() throws SchedulerException;
    }

    private static <T> T withQuartz(String what, Call<T> call) {
        try {
            return call.run();
        } catch (SchedulerException e) {
            throw new TemporaryFault(
                    "Could not " + what + " (" + e.getMessage()
                            + "): see whether the database answers, then try again.",
                    e);
        }
    }
}
