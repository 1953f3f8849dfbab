package io.caravan.campaign;

import java.time.Instant;

import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignState;

/**
 * A campaign as it stands.
 *
 * @param version the one in force: the next run begins with it
 * @param armedAt when that version was taken, or a pause before its firing ended: the firing time of {@code at: now}
 */
@Table("campaign")
public record Campaign(@Id CampaignId id, String name, CampaignState state, int version, Instant armedAt,
        Instant createdAt,
        Instant updatedAt) {

    Campaign in(CampaignState next, Instant now) {
        return new Campaign(id, name, next, version, armedAt, createdAt, now);
    }

    Campaign armed(Instant now) {
        return new Campaign(id, name, state, version, now, createdAt, updatedAt);
    }

    /** A new version is in force. */
    Campaign changed(CampaignState next, Version taken) {
        return new Campaign(id, name, next, taken.version(), taken.createdAt(), createdAt, taken.createdAt());
    }
}
