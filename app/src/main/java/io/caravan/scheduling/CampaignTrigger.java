package io.caravan.scheduling;

import java.time.Instant;
import java.util.Date;

import org.jspecify.annotations.Nullable;
import org.quartz.impl.triggers.CronTriggerImpl;

/**
 * A cron trigger whose firings are {@link Cron}'s. Stored by {@link QuartzTables}.
 */
public final class CampaignTrigger extends CronTriggerImpl {

    private static final long serialVersionUID = 1;

    private transient @Nullable Cron cron;

    /** For Quartz. */
    public CampaignTrigger() {
    }

    /** So that Quartz does not take it for a plain one of its own and store it as that. */
    @Override
    public boolean hasAdditionalProperties() {
        return true;
    }

    @Override
    protected @Nullable Date getTimeAfter(Date afterTime) {
        Cron present = cron;
        if (present == null) {
            present = Cron.parse(getCronExpression(), getTimeZone().toZoneId());
            cron = present;
        }
        Instant next = present.after(afterTime.toInstant());
        return next == null ? null : Date.from(next);
    }
}
