package io.caravan.campaign;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Set;

import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.CampaignState;
import io.caravan.mail.PermanentFault;
import io.caravan.mail.RunState;

/** A campaign's row while it is locked: the order of all that happens to a campaign and its runs. */
final class CampaignRow {

    private final CampaignRepository campaigns;
    private final VersionRepository versions;
    private final RunRepository runs;
    private final InstantSource clock;

    CampaignRow(CampaignRepository campaigns, VersionRepository versions, RunRepository runs, InstantSource clock) {
        this.campaigns = campaigns;
        this.versions = versions;
        this.runs = runs;
        this.clock = clock;
    }

    Campaign lock(CampaignId id) {
        return campaigns.lock(id).orElseThrow(() -> new PermanentFault("there is no campaign " + id));
    }

    /** Of the version in force. */
    CampaignSpec spec(Campaign campaign) {
        return versions.find(campaign.id(), campaign.version())
                .orElseThrow(() -> new PermanentFault("campaign " + campaign.name() + " has no version in force"))
                .version().spec();
    }

    /** It has a run that was not refused: a refused one has sent nothing. */
    boolean begun(CampaignId id) {
        return runs.existsByCampaignAndStateNot(id, RunState.REFUSED);
    }

    boolean open(CampaignId id) {
        return runs.existsByCampaignAndStateIn(id, RunRules.OPEN);
    }

    boolean asking(CampaignId id) {
        return runs.existsByCampaignAndStateIn(id, Set.of(RunState.ASKING));
    }

    boolean lastRefused(CampaignId id) {
        return runs.findFirstByCampaignOrderByNumberDesc(id).filter(run -> run.state() == RunState.REFUSED).isPresent();
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
            campaigns.save(locked.in(next, clock.instant().truncatedTo(ChronoUnit.MICROS)));
        }
    }

    void rearm(Campaign locked) {
        campaigns.save(locked.armed(clock.instant().truncatedTo(ChronoUnit.MICROS)));
    }
}
