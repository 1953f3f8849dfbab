package io.caravan.flow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.springframework.stereotype.Component;

import io.caravan.audience.Imports;
import io.caravan.audience.Lists;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.RunKind;
import io.caravan.campaign.Runs;
import io.caravan.delivery.PlanOrder;
import io.caravan.delivery.PlanOrder.Audience;
import io.caravan.delivery.PlanOrder.Exclusion;
import io.caravan.delivery.Planner;
import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.RunId;
import io.caravan.pacing.Lanes;

/** From what a campaign says of its audience to the order that the ledger plans by. */
@Component
class RunPlan {

    private static final int OWN_LANE = 50; // smaller providers share the tail

    private final Campaigns campaigns;
    private final Runs runs;
    private final Lists lists;
    private final Imports imports;
    private final Lanes lanes;
    private final Planner planner;
    private final Sending sending;

    RunPlan(Campaigns campaigns, Runs runs, Lists lists, Imports imports, Lanes lanes, Planner planner,
            Sending sending) {
        this.campaigns = campaigns;
        this.runs = runs;
        this.lists = lists;
        this.imports = imports;
        this.lanes = lanes;
        this.planner = planner;
        this.sending = sending;
    }

    void of(Run run) {
        CampaignSpec spec = campaigns.version(run.campaign(), run.version()).spec();
        Identity identity = sending.identity(Preparations.domain(spec));
        Audience audience = audience(run, spec);
        List<RunId> skip = run.kind() == RunKind.NEW ? earlier(run) : List.of();
        Map<String, Integer> own = own(identity, planner.domains(audience, skip));
        int tail = lanes.tail(identity.name());
        List<String> scopes = List.of("global", "identity:" + identity.name(), "list:" + Preparations.list(spec));
        planner.plan(new PlanOrder(run.id(), audience, exclusions(spec), skip, scopes, own, tail));
    }

    private Map<String, Integer> own(Identity identity, Map<String, Long> domains) {
        List<String> large = domains.entrySet().stream()
                .filter(entry -> entry.getValue() >= OWN_LANE || sending.isNamed(entry.getKey()))
                .map(Map.Entry::getKey).toList();
        return large.isEmpty() ? new HashMap<>() : lanes.ids(identity.name(), large);
    }

    private Audience audience(Run run, CampaignSpec spec) {
        if (run.kind() == RunKind.RESEND) {
            return new PlanOrder.NotReached(earlier(run));
        }
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

    private List<Exclusion> exclusions(CampaignSpec spec) {
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

    private List<RunId> all(CampaignId campaign) {
        return runs.of(campaign).stream().map(Run::id).toList();
    }

    private List<RunId> earlier(Run run) {
        return runs.of(run.campaign()).stream().filter(other -> other.number() < run.number()).map(Run::id).toList();
    }
}
