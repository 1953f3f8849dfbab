package io.caravan.flow;

import io.caravan.mail.CampaignId;

/**
 * Told when a campaign's version, schedule or state may have changed, or a run of it was opened: brings its trigger in line with what the
 * ledger says and takes up its runs in planning. Told too often is harmless; it may be told the same thing again after a crash.
 */
@FunctionalInterface
public interface ScheduleChange {

    void changed(CampaignId campaign);
}
