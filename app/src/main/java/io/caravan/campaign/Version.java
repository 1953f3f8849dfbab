package io.caravan.campaign;

import java.time.Instant;
import java.util.Map;

import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignSpec;

/**
 * A campaign file as it was dropped once; never changes.
 *
 * @param version  1, 2, ...
 * @param sha256   of the file and all that it names
 * @param file     the name that it was dropped under
 * @param source   its text
 * @param contents each file that it names, to the id of its bytes
 */
public record Version(CampaignId campaign, int version, String sha256, String file, String source, CampaignSpec spec,
        Map<String, Long> contents, Instant createdAt) {
}
