package io.caravan.scheduling;

import java.time.Duration;
import java.time.Instant;

import io.caravan.mail.CampaignSpec;

/** What is done with a firing that comes late. */
public final class Misfires {

    private Misfires() {
    }

    /**
     * {@code RUN} up to and including {@code policy.late()} after its time, or before it (the clock was set back); else what the
     * policy says.
     */
    public static CampaignSpec.Late decide(Instant scheduledFor, Instant now, CampaignSpec.Misfire policy) {
        return Duration.between(scheduledFor, now).compareTo(policy.late()) <= 0
                ? CampaignSpec.Late.RUN
                : policy.then();
    }
}
