package io.caravan.campaign;

import java.time.Instant;

import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignState;

/**
 * A campaign as it stands.
 *
 * @param version the one in force: the next run begins with it
 * @param armedAt when that version was taken, or a pause before its firing ended: the firing time of {@code at: now}
 */
public record Campaign(CampaignId id, String name, CampaignState state, int version, Instant armedAt, Instant createdAt,
        Instant updatedAt) {
}
