package io.caravan.flow;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.caravan.campaign.Campaign;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.CampaignState;
import io.caravan.scheduling.Firings;

/** When a campaign fires next, as it stands. */
public final class NextFirings {

    private NextFirings() {
    }

    /**
     * None for what waits for a start, has had its one firing, or is cancelled; a paused one keeps its times, to be seen.
     *
     * @param schedule of its version in force
     */
    public static List<Instant> of(Campaign campaign, CampaignSpec.@Nullable Schedule schedule, Instant now, int n) {
        boolean over = campaign.state() == CampaignState.CANCELLED || campaign.state() == CampaignState.DRAFT;
        return schedule == null || over || schedule.now() ? List.of() : Firings.next(schedule, now, n);
    }
}
