package io.caravan.mail;

import java.util.Locale;

/** The state of a campaign, over all its runs. */
public enum CampaignState {
    DRAFT, SCHEDULED, RUNNING, PAUSED, FINISHED, CANCELLED;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static CampaignState of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
