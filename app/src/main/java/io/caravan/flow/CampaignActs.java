package io.caravan.flow;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.campaign.Acted;
import io.caravan.campaign.Action;
import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;

/** Does what a person asks of a campaign, and lets its schedule follow at once. */
@Component
public class CampaignActs {

    private final Campaigns campaigns;
    private final ScheduleChange schedule;

    public CampaignActs(Campaigns campaigns, ScheduleChange schedule) {
        this.campaigns = campaigns;
        this.schedule = schedule;
    }

    /** @throws io.caravan.mail.InvalidInput if it is not legal now, with the reason */
    public Acted act(Campaign campaign, Action action) {
        return act(campaign, action, null);
    }

    /** The same, once for a request that may be done again ({@link Campaigns#act(io.caravan.mail.CampaignId, Action, byte[])}). */
    public Acted act(Campaign campaign, Action action, byte @Nullable [] work) {
        Acted done = campaigns.act(campaign.id(), action, work);
        schedule.changed(campaign.id());
        return done;
    }
}
