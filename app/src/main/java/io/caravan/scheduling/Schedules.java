package io.caravan.scheduling;

import java.text.ParseException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeSet;

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

    private static final String JOBS = "campaigns";
    /** A group for each campaign's trigger: a paused group outlives its triggers, and whatever comes into it is paused from the start. */
    private static final String GROUP = "campaign-";

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
     * How a campaign's schedule stands in the store.
     *
     * @param previous the firing before, as far as the store knows
     * @param next     null: no firing waits (it has none left, or its campaign waits for none)
     * @param paused   by {@link #pause}
     */
    public record Standing(@Nullable Instant previous, @Nullable Instant next, boolean paused) {
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
        withQuartz("remove the schedule of campaign " + campaign, () -> delete(jobKey(campaign)));
    }

    /** Quartz's own deletion fails when a trigger that it has just listed fires for the last time before it comes to it. */
    private boolean delete(JobKey job) throws SchedulerException {
        for (Trigger trigger : scheduler.getTriggersOfJob(job)) {
            scheduler.unscheduleJob(trigger.getKey()); // false: it is gone by itself, as was wanted
        }
        return scheduler.deleteJob(job);
    }

    /**
     * Its firings do not come until {@link #resume}: not after a restart, on another node, or when its schedule is changed meanwhile. What
     * runs goes on, and the campaign itself is not paused.
     */
    public void pause(CampaignId campaign) {
        withQuartz("pause the schedule of campaign " + campaign, () -> {
            scheduler.pauseTriggers(GroupMatcher.triggerGroupEquals(group(campaign)));
            return true;
        });
    }

    /**
     * Its firings come again. Those of a cron expression that the pause kept back do not: nobody missed them. A single time that is past
     * comes at once, late as it is.
     *
     * @param schedule  as it is now
     * @param notBefore from when on firings come
     */
    public void resume(CampaignId campaign, CampaignSpec.Schedule schedule, Instant notBefore) {
        withQuartz("resume the schedule of campaign " + campaign, () -> {
            Trigger present = scheduler.getTrigger(key(campaign));
            Instant second = notBefore.plusNanos(999_999_999).truncatedTo(ChronoUnit.SECONDS); // Quartz would cut it off
            if (present instanceof CampaignTrigger && schedule.cron() != null) {
                CampaignTrigger again = cron(campaign, schedule.cron().strip(), TimeZone.getTimeZone(schedule.zone()),
                        second);
                again.setPreviousFireTime(present.getPreviousFireTime());
                scheduler.rescheduleJob(present.getKey(), again);
            }
            scheduler.resumeTriggers(GroupMatcher.triggerGroupEquals(group(campaign)));
            return true;
        });
    }

    /** How these campaigns' schedules stand; every one of them has an entry. */
    public Map<CampaignId, Standing> standing(Collection<CampaignId> campaigns) {
        return withQuartz("read the schedules", () -> {
            Set<String> paused = scheduler.getPausedTriggerGroups();
            Map<CampaignId, Standing> standing = new HashMap<>();
            for (CampaignId campaign : campaigns) {
                Trigger trigger = scheduler.getTrigger(key(campaign));
                standing.put(campaign,
                        new Standing(trigger == null ? null : instant(trigger.getPreviousFireTime()),
                                trigger == null ? null : instant(trigger.getNextFireTime()),
                                paused.contains(group(campaign))));
            }
            return standing;
        });
    }

    /** The schedules that are paused, in no order, as one word that changes with them. */
    public String paused() {
        return withQuartz("read the schedules",
                () -> String.join(",", new TreeSet<>(scheduler.getPausedTriggerGroups())));
    }

    private static @Nullable Instant instant(@Nullable Date date) {
        return date == null ? null : date.toInstant();
    }

    /** Every campaign that will fire, the next one first; those that are paused will not. */
    public List<Planned> scheduled() {
        return withQuartz("read the schedules", () -> {
            List<Planned> planned = new ArrayList<>();
            Set<String> paused = scheduler.getPausedTriggerGroups();
            for (TriggerKey key : scheduler.getTriggerKeys(GroupMatcher.triggerGroupStartsWith(GROUP))) {
                Trigger trigger = paused.contains(key.getGroup()) ? null : scheduler.getTrigger(key);
                if (trigger != null && trigger.getNextFireTime() != null) {
                    planned.add(new Planned(campaign(trigger.getJobKey()), trigger.getNextFireTime().toInstant()));
                }
            }
            planned.sort(Comparator.comparing(Planned::next).thenComparing(plan -> plan.campaign().value()));
            return planned;
        });
    }

    /** The next firings of all campaigns together, in the order of their times; a campaign may stand there more than once. */
    public List<Planned> upcoming(int most) {
        return withQuartz("read the schedules", () -> {
            List<Planned> upcoming = new ArrayList<>();
            // those whose first firing is not among the first have no later one there
            for (Planned first : scheduled().stream().limit(most).toList()) {
                Trigger trigger = scheduler.getTrigger(key(first.campaign()));
                Date next = Date.from(first.next());
                for (int i = 0; i < most && next != null; i++) {
                    upcoming.add(new Planned(first.campaign(), next.toInstant()));
                    next = trigger == null ? null : trigger.getFireTimeAfter(next);
                }
            }
            upcoming.sort(Comparator.comparing(Planned::next).thenComparing(plan -> plan.campaign().value()));
            return List.copyOf(upcoming.subList(0, Math.min(most, upcoming.size())));
        });
    }

    static CampaignId campaign(JobKey key) {
        return new CampaignId(Long.parseLong(key.getName()));
    }

    private static JobKey jobKey(CampaignId campaign) {
        return new JobKey(campaign.toString(), JOBS);
    }

    private static TriggerKey key(CampaignId campaign) {
        return new TriggerKey(campaign.toString(), group(campaign));
    }

    private static String group(CampaignId campaign) {
        return GROUP + campaign;
    }

    private static JobDetail job(CampaignId campaign) {
        return JobBuilder.newJob(CampaignJob.class).withIdentity(jobKey(campaign)).storeDurably().requestRecovery()
                .build();
    }

    private static MutableTrigger trigger(CampaignId campaign, CampaignSpec.Schedule schedule, Instant notBefore) {
        if (schedule.cron() != null) {
            return cron(campaign, schedule.cron().strip(), TimeZone.getTimeZone(schedule.zone()), notBefore);
        }
        Instant at = schedule.at() == null ? notBefore : Firings.at(schedule.at(), schedule.zone());
        return (MutableTrigger) TriggerBuilder.newTrigger().withIdentity(key(campaign)).forJob(jobKey(campaign))
                .startAt(Date.from(at))
                .withSchedule(SimpleScheduleBuilder.simpleSchedule().withMisfireHandlingInstructionIgnoreMisfires())
                .build();
    }

    private static CampaignTrigger cron(CampaignId campaign, String expression, TimeZone zone, Instant notBefore) {
        CampaignTrigger trigger = new CampaignTrigger();
        trigger.setKey(key(campaign));
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
