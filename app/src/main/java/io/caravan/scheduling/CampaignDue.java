package io.caravan.scheduling;

import java.time.Instant;

import io.caravan.mail.CampaignId;

/** What a firing calls. */
@FunctionalInterface
public interface CampaignDue {

    /**
     * The campaign's schedule has fired. A firing may arrive late, and again after a crash, but always with the same time; whoever
     * takes it opens at most one run per campaign and time. An exception makes the firing come again, a
     * {@link io.caravan.mail.PermanentFault} does not.
     *
     * @param scheduledFor the time that the schedule named, however late it is now; {@link Misfires} judges that
     */
    void due(CampaignId campaign, Instant scheduledFor);
}
