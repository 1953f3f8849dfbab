package io.caravan.flow;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.CampaignState;
import io.caravan.mail.InvalidInput;
import io.caravan.scheduling.Schedules;

/**
 * Keeps the triggers in line with the campaigns. The ledger is the truth: whatever a verb in another process, another node or a crash changed,
 * the triggers follow at the next look.
 */
@Component
class ScheduleSync implements ScheduleChange {

    private static final Logger log = LoggerFactory.getLogger(ScheduleSync.class);

    private final Campaigns campaigns;
    private final Schedules schedules;
    private final Map<CampaignId, Instant> seen = new HashMap<>();

    ScheduleSync(Campaigns campaigns, Schedules schedules) {
        this.campaigns = campaigns;
        this.schedules = schedules;
    }

    @Override
    public synchronized void changed(CampaignId id) {
        campaigns.find(id).ifPresent(this::sync);
    }

    /** Looks at every campaign that changed since the last look. */
    synchronized void reconcile() {
        for (Campaign campaign : campaigns.all()) {
            if (!campaign.updatedAt().equals(seen.get(campaign.id()))) {
                sync(campaign);
            }
        }
    }

    private void sync(Campaign campaign) {
        CampaignSpec.Schedule schedule = campaigns.version(campaign.id(), campaign.version()).spec().schedule();
        boolean waits = schedule != null && (campaign.state() == CampaignState.SCHEDULED
                || campaign.state() == CampaignState.RUNNING && schedule.cron() != null);
        try {
            if (waits && schedule != null) {
                schedules.put(campaign.id(), schedule, campaign.armedAt());
            } else {
                schedules.remove(campaign.id());
            }
        } catch (InvalidInput nothingLeft) {
            log.warn("event=not-scheduled campaign={} what=\"{}\"", campaign.id(), nothingLeft.getMessage());
        }
        seen.put(campaign.id(), campaign.updatedAt());
    }
}
