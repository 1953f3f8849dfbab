package io.caravan.flow;

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
        Acted done = campaigns.act(campaign.id(), action);
        schedule.changed(campaign.id());
        return done;
    }
}
