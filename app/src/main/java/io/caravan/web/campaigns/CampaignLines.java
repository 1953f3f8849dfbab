package io.caravan.web.campaigns;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.campaign.Version;
import io.caravan.flow.NextFirings;
import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignSpec;
import io.caravan.web.Words;

/** The lines of the list: five statements for a page of it, however many campaigns. */
@Component
class CampaignLines {

    private final Campaigns campaigns;
    private final Runs runs;
    private final RunLines lines;
    private final Clock clock;

    CampaignLines(Campaigns campaigns, Runs runs, RunLines lines, Clock clock) {
        this.campaigns = campaigns;
        this.runs = runs;
        this.lines = lines;
        this.clock = clock;
    }

    /**
     * A campaign in a line.
     *
     * @param when   its schedule in words
     * @param next   its next firing as RFC 3339; null: none is known
     * @param nextAt the same in words
     * @param last   its last run; null: it has none
     */
    record Line(String name, String state, String subject, String when, @Nullable String next, String nextAt,
            RunLines.@Nullable Shown last) {
    }

    List<Line> of(List<Campaign> page) {
        List<CampaignId> ids = page.stream().map(Campaign::id).toList();
        Map<CampaignId, Version> versions = campaigns.inForce(ids);
        Map<CampaignId, Run> last = runs.latest(ids);
        Map<Long, RunLines.Shown> shown = new HashMap<>();
        lines.of(last.values(), "").forEach(run -> shown.put(run.id(), run));
        Instant now = clock.instant();
        List<Line> all = new ArrayList<>();
        for (Campaign campaign : page) {
            Version version = versions.get(campaign.id());
            if (version != null) {
                Run run = last.get(campaign.id());
                all.add(line(campaign, version.spec(), run == null ? null : shown.get(run.id().value()), now));
            }
        }
        return all;
    }

    private static Line line(Campaign campaign, CampaignSpec spec, RunLines.@Nullable Shown last, Instant now) {
        List<Instant> firings = NextFirings.of(campaign, spec.schedule(), now, 1);
        Instant next = firings.isEmpty() ? null : firings.getFirst();
        return new Line(campaign.name(), campaign.state().word(), spec.subject(),
                CampaignWords.next(campaign, spec.schedule()), next == null ? null : next.toString(),
                next == null ? "" : Words.time(next), last);
    }
}
