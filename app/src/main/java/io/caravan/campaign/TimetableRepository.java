package io.caravan.campaign;

import java.util.List;

import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

import io.caravan.mail.CampaignId;

/** Campaigns by what their version in force says. */
interface TimetableRepository extends Repository<Campaign, CampaignId> {

    @Query("""
            select c.* from campaign c join campaign_version v on v.campaign_id = c.id and v.version = c.version
            where c.state in ('scheduled', 'running', 'paused') and c.name > :after
              and json_type(json_extract(v.spec, '$.schedule')) = 'OBJECT'
            order by c.name limit :limit""")
    List<Campaign> scheduled(String after, int limit);

    @Query("""
            select c.* from campaign c join campaign_version v on v.campaign_id = c.id and v.version = c.version
            where json_value(v.spec, '$.workflow') = :workflow order by c.updated_at desc, c.id desc limit :limit""")
    List<Campaign> ofWorkflow(String workflow, int limit);

    @Query("select exists(select 1 from run where campaign_id = :campaign and state <> 'refused')")
    boolean begun(CampaignId campaign);

    /** What the times of a schedule may have changed by. */
    @Query("""
            select concat((select count(*) from campaign), '/', (select coalesce(max(updated_at), '') from campaign), '/',
              (select coalesce(max(id), 0) from run))""")
    String stamp();
}
