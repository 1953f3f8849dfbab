package io.caravan.flow;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.audience.Imports;
import io.caravan.audience.Lists;
import io.caravan.campaign.Action;
import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.PlanOrder;
import io.caravan.delivery.PlanOrder.CampaignRuns;
import io.caravan.delivery.Planner;
import io.caravan.delivery.RunCounts;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.RowState;

/**
 * How many people an action on a campaign concerns, counted one by one, before it is done: the suppressed and excluded among them are
 * counted, too. For a verb, which has the time; pages ask {@link ActionReach}.
 */
@Component
public class Concerned {

    /** No list has this id. */
    static final PlanOrder.Audience NOBODY = new PlanOrder.OfList(0);
    private static final List<RowState> WAITING = List.of(RowState.PENDING, RowState.SENDING, RowState.DEFERRED);

    private final Campaigns campaigns;
    private final Runs runs;
    private final RunCounts counts;
    private final Planner planner;
    private final Imports imports;
    private final Lists lists;

    public Concerned(Campaigns campaigns, Runs runs, RunCounts counts, Planner planner, Imports imports, Lists lists) {
        this.campaigns = campaigns;
        this.runs = runs;
        this.counts = counts;
        this.planner = planner;
        this.imports = imports;
        this.lists = lists;
    }

    /** For a start, an answer and a resend this reads the audience once; for what only stops or goes on it reads counts. */
    public long by(Campaign campaign, Action action) {
        return switch (action) {
            case START, START_AGAIN, ANSWER_RUN, ANSWER_SKIP -> count(audience(campaign), null);
            case START_NEW -> count(audience(campaign), asked(campaign));
            case RESEND -> count(new PlanOrder.NotReached(asked(campaign)), null);
            case PAUSE, RESUME, CANCEL -> waiting(campaign);
        };
    }

    /** Those of all its runs who are not final and not in doubt: whom a pause keeps waiting. */
    public long waiting(Campaign campaign) {
        long people = 0;
        for (Map<RowState, Long> of : counts.of(asked(campaign).runs()).values()) {
            for (RowState state : WAITING) {
                people += of.getOrDefault(state, 0L);
            }
        }
        return people;
    }

    /** Whom the version in force would mail; nobody if its CSV was never imported or its list is not there. */
    public PlanOrder.Audience audience(Campaign campaign) {
        CampaignSpec spec = campaigns.version(campaign.id(), campaign.version()).spec();
        String list = Preparations.list(spec);
        if (spec.audience().csv() != null) {
            return imports.lastFinished(list).<PlanOrder.Audience>map(last -> new PlanOrder.OfImport(last.id()))
                    .orElse(NOBODY);
        }
        return lists.find(list).<PlanOrder.Audience>map(found -> new PlanOrder.OfList(found.value())).orElse(NOBODY);
    }

    /** All runs that it has had. */
    CampaignRuns asked(Campaign campaign) {
        return new CampaignRuns(campaign.id(), runs.of(campaign.id()).stream().map(Run::id).toList());
    }

    private long count(PlanOrder.Audience audience, @Nullable CampaignRuns skip) {
        return planner.domains(new PlanOrder.Who(audience, List.of(), skip, List.of())).values().stream()
                .mapToLong(Long::longValue).sum();
    }
}
