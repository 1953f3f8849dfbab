package io.caravan.flow;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.RunKind;
import io.caravan.campaign.Runs;
import io.caravan.delivery.PlanOrder;
import io.caravan.delivery.PlanOrder.Audience;
import io.caravan.delivery.PlanOrder.CampaignRuns;
import io.caravan.delivery.Planner;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.RunId;
import io.caravan.pacing.DomainProviders.DomainProvider;
import io.caravan.pacing.Lanes;
import io.caravan.shaping.WarmUps;

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
    private final WarmUps warmUps;
    private final DomainLookUp lookUp;

    RunPlan(Campaigns campaigns, Runs runs, AudienceTerms terms, Lanes lanes, Planner planner,
            Sending sending, WarmUps warmUps, DomainLookUp lookUp) {
        this.campaigns = campaigns;
        this.runs = runs;
        this.terms = terms;
        this.lanes = lanes;
        this.planner = planner;
        this.sending = sending;
        this.warmUps = warmUps;
        this.lookUp = lookUp;
    }

    /** Plans it. Returns what its owner should know of the audience's domains, null for nothing. */
    @Nullable
    String of(Run run) {
        CampaignSpec spec = campaigns.version(run.campaign(), run.version()).spec();
        Identity identity = sending.identity(Preparations.domain(spec));
        Audience audience = audience(run, spec);
        CampaignRuns skip = run.kind() == RunKind.NEW ? earlier(run) : null;
        PlanOrder.Who who = new PlanOrder.Who(audience, terms.exclusions(spec), skip,
                AudienceTerms.scopes(spec, identity));
        Map<String, Long> domains = planner.domains(who);
        Map<String, DomainProvider> known = lookUp.of(
                domains.keySet().stream().filter(domain -> sending.leavesByMx(identity, domain)).toList());
        Map<String, Integer> own = own(identity, domains, known);
        planner.plan(new PlanOrder(run.id(), who, domains, own, lanes.tail(identity.name())));
        return DeadDomains.sentence(domains, known);
    }

    /** Of a run that is over: nobody goes on with its plan, and what is planned of it can be cancelled. */
    void end(RunId run) {
        planner.end(run);
    }

    /** The domains whose lane is not the tail. What no look-up told in time has the lane of its own name. */
    private Map<String, Integer> own(Identity identity, Map<String, Long> domains, Map<String, DomainProvider> known) {
        Map<String, String> names = new HashMap<>();
        Map<String, Long> people = new HashMap<>();
        domains.forEach((domain, n) -> {
            DomainProvider provider = known.get(domain);
            String name = sending.laneName(domain, provider == null ? null : provider.provider());
            names.put(domain, name);
            people.merge(name, n, Long::sum);
        });
        List<String> large = people.entrySet().stream()
                .filter(entry -> entry.getValue() >= OWN_LANE || sending.isNamed(entry.getKey())
                        || warmUps.names(identity.name(), entry.getKey()))
                .map(Map.Entry::getKey).toList();
        Map<String, Integer> own = new HashMap<>();
        if (!large.isEmpty()) {
            Map<String, Integer> ids = lanes.ids(identity.name(), large);
            names.forEach((domain, name) -> {
                Integer id = ids.get(name);
                if (id != null) {
                    own.put(domain, id);
                }
            });
        }
        return own;
    }

    private Audience audience(Run run, CampaignSpec spec) {
        if (run.kind() == RunKind.RESEND) {
            return new PlanOrder.NotReached(earlier(run));
        }
        return terms.audience(spec);
    }

    private CampaignRuns earlier(Run run) {
        return new CampaignRuns(run.campaign(), runs.of(run.campaign()).stream()
                .filter(other -> other.number() < run.number()).map(Run::id).toList());
    }
}
