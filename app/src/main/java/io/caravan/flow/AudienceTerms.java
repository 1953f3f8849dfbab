package io.caravan.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.springframework.stereotype.Component;

import io.caravan.audience.Imports;
import io.caravan.audience.Lists;
import io.caravan.audience.Verdict;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.PlanOrder;
import io.caravan.delivery.PlanOrder.Audience;
import io.caravan.delivery.PlanOrder.CampaignRuns;
import io.caravan.delivery.PlanOrder.Exclusion;
import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.InvalidInput;

/** From what a campaign says of its audience to what the ledger understands; the same for a run and for a draft. */
@Component
class AudienceTerms {

    private final Campaigns campaigns;
    private final Runs runs;
    private final Lists lists;
    private final Imports imports;

    AudienceTerms(Campaigns campaigns, Runs runs, Lists lists, Imports imports) {
        this.campaigns = campaigns;
        this.runs = runs;
        this.lists = lists;
        this.imports = imports;
    }

    /** @throws InvalidInput if its CSV was never imported, or its list is not there */
    Audience audience(CampaignSpec spec) {
        String list = Preparations.list(spec);
        if (spec.audience().csv() != null) {
            return new PlanOrder.OfImport(imports.lastFinished(list)
                    .orElseThrow(() -> new InvalidInput(
                            "the audience " + spec.audience().csv() + " was never imported: drop the file"))
                    .id());
        }
        return new PlanOrder.OfList(lists.find(list)
                .orElseThrow(() -> new InvalidInput("there is no list " + list + ": drop " + list + ".csv first"))
                .value());
    }

    /** @throws InvalidInput with each list and campaign that is not there */
    List<Exclusion> exclusions(CampaignSpec spec) {
        List<Exclusion> exclusions = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (String exclude : spec.audience().exclude()) {
            String name = exclude.substring(exclude.indexOf(':') + 1);
            if (exclude.startsWith("list:")) {
                lists.find(name).ifPresentOrElse(
                        list -> exclusions.add(new PlanOrder.ExcludedList(exclude, list.value())),
                        () -> problems.add("audience.exclude: there is no list " + name + ": drop " + name
                                + ".csv first, or take it out"));
            } else {
                campaigns.find(name).ifPresentOrElse(
                        campaign -> exclusions.add(new PlanOrder.ExcludedRuns(exclude, all(campaign.id()))),
                        () -> problems.add("audience.exclude: there is no campaign " + name
                                + ": correct the name, or take it out"));
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidInput(problems);
        }
        return exclusions;
    }

    /** The suppression scopes that count for its mail. */
    static List<String> scopes(CampaignSpec spec, Identity identity) {
        return List.of("global", "identity:" + identity.name(), "list:" + Preparations.list(spec));
    }

    /** How many the audience has: kept figures, nothing is counted. */
    long size(Audience audience) {
        return switch (audience) {
            case PlanOrder.OfList(long list) -> lists.members(new io.caravan.mail.ListId(list));
            case PlanOrder.OfImport(long id) -> {
                Map<Verdict, Long> counts = imports.counts(id);
                yield counts.entrySet().stream()
                        .filter(entry -> entry.getKey() != Verdict.INVALID && entry.getKey() != Verdict.DUPLICATE)
                        .mapToLong(Map.Entry::getValue).sum();
            }
            case PlanOrder.NotReached _ -> throw new IllegalArgumentException("a re-send is no campaign's audience");
        };
    }

    private CampaignRuns all(CampaignId campaign) {
        return new CampaignRuns(campaign, runs.of(campaign).stream().map(Run::id).toList());
    }
}
