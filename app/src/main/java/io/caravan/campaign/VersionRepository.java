package io.caravan.campaign;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

import io.caravan.campaign.VersionRow.Key;
import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignState;

/** Versions of campaign files: written once, never changed. */
interface VersionRepository extends Repository<VersionRow, Key> {

    @Query("select * from campaign_version where campaign_id = :campaign and version = :version")
    Optional<VersionRow> find(CampaignId campaign, int version);

    @Query("select * from campaign_version where campaign_id = :campaign order by version")
    List<VersionRow> of(CampaignId campaign);

    /** The newest first. */
    @Query("""
            select * from campaign_version where campaign_id = :campaign and version < :before
            order by version desc limit :limit""")
    List<VersionRow> page(CampaignId campaign, int before, int limit);

    @Query("""
            select v.* from campaign c join campaign_version v on v.campaign_id = c.id and v.version = c.version
            where c.id in (:campaigns)""")
    List<VersionRow> inForce(Collection<CampaignId> campaigns);

    @Query("""
            select distinct json_value(v.spec, '$.from') from
              (select id, version from campaign where state in (:states) and version > 0 order by id desc limit :limit) c
            straight_join campaign_version v on v.campaign_id = c.id and v.version = c.version""")
    List<String> senders(Collection<CampaignState> states, int limit);
}
