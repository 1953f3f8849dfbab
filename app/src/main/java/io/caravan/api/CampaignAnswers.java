package io.caravan.api;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.springframework.stereotype.Component;

import io.caravan.api.CampaignShown.LastRun;
import io.caravan.api.CampaignShown.One;
import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.campaign.Version;
import io.caravan.delivery.RunCounts;
import io.caravan.flow.NextFirings;
import io.caravan.mail.CampaignId;

/** Finds campaigns and makes answers of them: a handful of statements for a slice, however many. */
@Component
class CampaignAnswers {

    private final Campaigns campaigns;
    private final Runs runs;
    private final RunCounts counts;
    private final Clock clock;

    CampaignAnswers(Campaigns campaigns, Runs runs, RunCounts counts, Clock clock) {
        this.campaigns = campaigns;
        this.runs = runs;
        this.counts = counts;
        this.clock = clock;
    }

    /** @throws Refused 404 */
    Campaign named(String name) {
        return campaigns.find(name).filter(campaign -> campaign.version() > 0)
                .orElseThrow(() -> Refused.unknown("campaign " + name));
    }

    One of(Campaign campaign) {
        return of(List.of(campaign)).getFirst();
    }

    List<One> of(List<Campaign> some) {
        List<CampaignId> ids = some.stream().map(Campaign::id).toList();
        Map<CampaignId, Version> versions = campaigns.inForce(ids);
        Map<CampaignId, Run> last = runs.latest(ids);
        var states = counts.of(last.values().stream().map(Run::id).toList());
        Instant now = clock.instant();
        List<One> all = new ArrayList<>();
        for (Campaign campaign : some) {
            Version version = versions.get(campaign.id());
            if (version != null) {
                Run run = last.get(campaign.id());
                List<Instant> firings = NextFirings.of(campaign, version.spec().schedule(), now, 1);
                all.add(One.of(campaign, version.spec(), firings.isEmpty() ? null : firings.getFirst(),
                        run == null ? null : LastRun.of(run, states.getOrDefault(run.id(), Map.of()))));
            }
        }
        return all;
    }

    List<Instant> firings(Campaign campaign, int n) {
        return NextFirings.of(campaign, campaigns.version(campaign.id(), campaign.version()).spec().schedule(),
                clock.instant(), n);
    }
}
