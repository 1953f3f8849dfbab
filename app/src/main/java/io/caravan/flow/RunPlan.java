package io.caravan.flow;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.springframework.stereotype.Component;

import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.RunKind;
import io.caravan.campaign.Runs;
import io.caravan.delivery.PlanOrder;
import io.caravan.delivery.PlanOrder.Audience;
import io.caravan.delivery.Planner;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.RunId;
import io.caravan.pacing.Lanes;

/** From what a campaign says of its audience to the order that the ledger plans by. */
@Component
class RunPlan {

    private static final int OWN_LANE = 50; // smaller providers share the tail

    private final Campaigns campaigns;
    private final Runs runs;
    private final AudienceTerms terms;
    private final Lanes lanes;
    private final Planner planner;
    private final Sending sending;

    RunPlan(Campaigns campaigns, Runs runs, AudienceTerms terms, Lanes lanes, Planner planner,
            Sending sending) {
        this.campaigns = campaigns;
        this.runs = runs;
        this.terms = terms;
        this.lanes = lanes;
        this.planner = planner;
        this.sending = sending;
    }

    void of(Run run) {
        CampaignSpec spec = campaigns.version(run.campaign(), run.version()).spec();
        Identity identity = sending.identity(Preparations.domain(spec));
        Audience audience = audience(run, spec);
        List<RunId> skip = run.kind() == RunKind.NEW ? earlier(run) : List.of();
        PlanOrder.Who who = new PlanOrder.Who(audience, terms.exclusions(spec), skip,
                AudienceTerms.scopes(spec, identity));
        Map<String, Long> domains = planner.domains(who);
        planner.plan(new PlanOrder(run.id(), who, domains, own(identity, domains), lanes.tail(identity.name())));
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
        return terms.audience(spec);
    }

    private List<RunId> earlier(Run run) {
        return runs.of(run.campaign()).stream().filter(other -> other.number() < run.number()).map(Run::id).toList();
    }
}
