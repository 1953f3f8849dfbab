package io.caravan.campaign;

import java.time.InstantSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.CampaignState;
import io.caravan.mail.PermanentFault;
import io.caravan.mail.RunState;

/** A campaign's row while it is locked: the order of all that happens to a campaign and its runs. */
final class CampaignRow {

    private final JdbcClient jdbc;
    private final InstantSource clock;

    CampaignRow(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    Campaign lock(CampaignId id) {
        return jdbc.sql("select * from campaign where id = ? for update").param(id.value()).query(Rows::campaign)
                .optional()
                .orElseThrow(() -> new PermanentFault("there is no campaign " + id));
    }

    CampaignSpec spec(Campaign campaign) {
        return jdbc.sql("select spec from campaign_version where campaign_id = ? and version = ?")
                .params(campaign.id().value(), campaign.version()).query((rs, row) -> SpecJson.spec(rs.getString(1)))
                .single();
    }

    /** It has a run that was not refused: a refused one has sent nothing. */
    boolean begun(CampaignId id) {
        return count(id, "state <> 'refused'") > 0;
    }

    boolean open(CampaignId id) {
        return count(id, "state in ('planning', 'preflight', 'asking', 'running', 'paused')") > 0;
    }

    boolean asking(CampaignId id) {
        return count(id, "state = 'asking'") > 0;
    }

    boolean lastRefused(CampaignId id) {
        return jdbc.sql("select state from run where campaign_id = ? order by number desc limit 1").param(id.value())
                .query(String.class).optional().filter(RunState.REFUSED.word()::equals).isPresent();
    }

    /** After a run was opened or moved: the campaign's state follows. */
    void settle(Campaign locked, RunState run) {
        CampaignState next = CampaignRules.settled(
                locked.state() == CampaignState.SCHEDULED && !RunRules.isOpen(run)
                        ? CampaignState.RUNNING
                        : locked.state(),
                open(locked.id()), Again.recurring(spec(locked).schedule()), lastRefused(locked.id()));
        state(locked, next);
    }

    void state(Campaign locked, CampaignState next) {
        if (next != locked.state()) {
            jdbc.sql("update campaign set state = ?, updated_at = ? where id = ?")
                    .params(next.word(), Rows.utc(clock.instant()), locked.id().value()).update();
        }
    }

    private long count(CampaignId id, String condition) {
        return jdbc.sql("select count(*) from run where campaign_id = ? and " + condition).param(id.value())
                .query(Long.class).single();
    }
}
