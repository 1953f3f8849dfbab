package io.caravan.scheduling;

import java.time.Duration;
import java.time.Instant;

import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;
import org.quartz.SchedulerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.caravan.mail.CampaignId;
import io.caravan.mail.PermanentFault;

/**
 * What Quartz runs when a schedule fires. Its class name is stored in the database: it must not move.
 *
 * <p>The firings of one campaign come one after the other, in order. One that fails is not over: it is tried again after a pause, on
 * this node, or on another if this one goes down meanwhile.
 */
@DisallowConcurrentExecution
public final class CampaignJob implements Job {

    private static final Logger LOG = LoggerFactory.getLogger(CampaignJob.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration STORE_CLOSES = Duration.ofSeconds(1);

    private final CampaignDue due;

    /** Spring's job factory puts the bean in. */
    public CampaignJob(CampaignDue due) {
        this.due = due;
    }

    @Override
    public void execute(JobExecutionContext context) throws JobExecutionException {
        CampaignId campaign = Schedules.campaign(context.getJobDetail().getKey());
        Instant scheduledFor = context.getScheduledFireTime().toInstant();
        pause(context);
        try {
            due.due(campaign, scheduledFor);
            LOG.debug("event=schedule-fired campaign={} scheduled_for={}", campaign, scheduledFor);
        } catch (PermanentFault e) {
            LOG.error("schedule refused campaign={} scheduled_for={}", campaign, scheduledFor, e);
        } catch (RuntimeException e) {
            LOG.warn("schedule tried-in-vain campaign={} scheduled_for={} why=\"{}\"", campaign, scheduledFor,
                    e.getMessage());
            throw new JobExecutionException(e, true);
        }
    }

    /**
     * Before a second try; a node that stops leaves the firing open in the database, so that it comes again. Schedulers are therefore
     * shut down without waiting for their jobs.
     */
    private static void pause(JobExecutionContext context) throws JobExecutionException {
        long seconds = Math.min(context.getRefireCount(), LONGEST_PAUSE.toSeconds());
        try {
            for (long i = 0; i < seconds * 10 && !context.getScheduler().isShutdown(); i++) {
                Thread.sleep(100);
            }
            if (context.getRefireCount() > 0 && context.getScheduler().isShutdown()) {
                // the store closes just after its scheduler; a firing that ended before that would be taken for done
                Thread.sleep(STORE_CLOSES.toMillis());
                throw new JobExecutionException("the node stops", false);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobExecutionException("the node stops", e, false);
        } catch (SchedulerException e) {
            throw new JobExecutionException(e);
        }
    }
}
