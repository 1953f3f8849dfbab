package io.caravan.flow;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.Ledger;
import io.caravan.delivery.RunCounts;
import io.caravan.delivery.RunLanes;
import io.caravan.delivery.RunLanes.RunLane;
import io.caravan.mail.CampaignId;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;
import io.caravan.pacing.Lanes;

/** How runs stand, from what is kept beside the ledger's rows: none of them is read, whatever the size of the run. */
@Component
public class RunReports {

    /** Deferred rows are told by lane as long as they are few: counting them is reading them. */
    private static final int FEW = 500;

    private final Campaigns campaigns;
    private final Runs runs;
    private final RunCounts counts;
    private final RunLanes lanes;
    private final Lanes names;
    private final Ledger ledger;
    private final Speed speed;

    RunReports(Campaigns campaigns, Runs runs, RunCounts counts, RunLanes lanes, Lanes names, Ledger ledger,
            Speed speed) {
        this.campaigns = campaigns;
        this.runs = runs;
        this.counts = counts;
        this.lanes = lanes;
        this.names = names;
        this.ledger = ledger;
        this.speed = speed;
    }

    public Optional<RunReport> of(RunId id) {
        return runs.run(id).flatMap(run -> of(List.of(run)).stream().findFirst());
    }

    /** In their order. */
    public List<RunReport> of(List<Run> some) {
        Map<CampaignId, Campaign> known = new HashMap<>();
        some.forEach(run -> known.computeIfAbsent(run.campaign(), id -> campaigns.find(id).orElseThrow()));
        Map<RunId, Map<RowState, Long>> all = counts.of(some.stream().map(Run::id).toList());
        return some.stream().map(run -> report(run, known, all.getOrDefault(run.id(), Map.of()))).toList();
    }

    private RunReport report(Run run, Map<CampaignId, Campaign> known, Map<RowState, Long> of) {
        Campaign campaign = java.util.Objects.requireNonNull(known.get(run.campaign()));
        boolean isRunning = run.state() == RunState.RUNNING;
        return new RunReport(campaign, run, of, of.values().stream().mapToLong(Long::longValue).sum(),
                isRunning ? speed.perSecond(run.id()) : 0, isRunning ? ledger.holds(run.id()) : List.of(),
                of.getOrDefault(RowState.DEFERRED, 0L) > 0 ? ledger.nextRetry(run.id()).orElse(null) : null);
    }

    /** The lanes of a run, the largest first; empty until it is planned. */
    public List<RunReport.Lane> lanes(RunId run, RunLanes.@Nullable After after, int limit) {
        List<RunLane> some = lanes.of(run, after, limit);
        Map<Integer, String> domains = names.providers(some.stream().map(RunLane::lane).toList());
        Map<Integer, Long> deferred = counts.of(run).getOrDefault(RowState.DEFERRED, 0L) > FEW
                ? null
                : lanes.deferred(run, FEW);
        return some.stream().map(lane -> new RunReport.Lane(lane.lane(),
                domains.getOrDefault(lane.lane(), Lanes.TAIL), lane.planned(), lane.waiting(), lane.underWay(),
                deferred == null ? null : deferred.getOrDefault(lane.lane(), 0L), lane.settled(),
                speed.perSecond(run, lane.lane()), lane.held(), lane.since())).toList();
    }
}
