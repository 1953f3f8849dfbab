package io.caravan.campaign;

import java.time.Instant;

import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Column;
import org.springframework.data.relational.core.mapping.Table;

import io.caravan.mail.CampaignId;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;

/**
 * One sending of a campaign.
 *
 * @param number       1, 2, ... within the campaign
 * @param version      the campaign's version that it began with and keeps
 * @param pausedFrom   the state that a resume goes back to; null unless it is paused
 * @param reason       why it was refused, cancelled or asks, or a note of its planning; null if there is nothing to say
 * @param scheduledFor the firing that it stands for
 * @param preflightN   rows 1..n have been evaluated
 */
@Table("run")
public record Run(@Id RunId id, @Column("campaign_id") CampaignId campaign, int number, int version, RunKind kind,
        RunState state,
        @Nullable RunState pausedFrom,
        @Nullable String reason, Instant scheduledFor, int preflightN, Instant openedAt, @Nullable Instant finishedAt) {
}
