package io.caravan.web;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.stereotype.Component;

import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.Ledger;
import io.caravan.delivery.RunCounts;
import io.caravan.flow.DropWatch;
import io.caravan.flow.RefusedFiles;
import io.caravan.flow.Speed;
import io.caravan.mail.CampaignId;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;
import io.caravan.scheduling.Schedules;

/** The overview from the ledgers: counts as they are kept, never by reading rows. */
@Component
class LedgerOverview implements Overview {

    private static final RunState[] OPEN = {RunState.PLANNING, RunState.PREFLIGHT, RunState.ASKING, RunState.RUNNING,
            RunState.PAUSED};

    private final Campaigns campaigns;
    private final Runs runs;
    private final RunCounts counts;
    private final Ledger ledger;
    private final Speed speed;
    private final Schedules schedules;
    private final RefusedFiles refused;
    private final DropWatch watch;

    LedgerOverview(Campaigns campaigns, Runs runs, RunCounts counts, Ledger ledger, Speed speed, Schedules schedules,
            RefusedFiles refused, DropWatch watch) {
        this.campaigns = campaigns;
        this.runs = runs;
        this.counts = counts;
        this.ledger = ledger;
        this.speed = speed;
        this.schedules = schedules;
        this.refused = refused;
        this.watch = watch;
    }

    @Override
    public List<RunLine> runs(int limit) {
        Map<RunId, Run> shown = new LinkedHashMap<>();
        runs.inState(OPEN).forEach(run -> shown.put(run.id(), run));
        runs.recent(limit).forEach(run -> shown.putIfAbsent(run.id(), run));
        Map<RunId, Map<RowState, Long>> all = counts.of(shown.keySet());
        List<RunLine> lines = new ArrayList<>();
        Map<CampaignId, String> names = new HashMap<>();
        shown.values().forEach(run -> lines.add(line(run, names.computeIfAbsent(run.campaign(), this::name),
                all.getOrDefault(run.id(), Map.of()))));
        lines.sort(Comparator.comparing((RunLine line) -> !line.open()).thenComparing(RunLine::openedAt,
                Comparator.reverseOrder()));
        return lines.subList(0, Math.min(limit, lines.size()));
    }

    private String name(CampaignId campaign) {
        return campaigns.find(campaign).map(known -> known.name()).orElse("campaign " + campaign);
    }

    @Override
    public List<Need> needs() {
        List<Need> needs = new ArrayList<>();
        runs.inState(RunState.ASKING)
                .forEach(run -> needs.add(new Need.Question(name(run.campaign()), run.number(), run.reason())));
        Map<CampaignId, Long> doubts = new LinkedHashMap<>();
        counts.having(RowState.IN_DOUBT).forEach((id, rows) -> runs.run(id)
                .ifPresent(run -> doubts.merge(run.campaign(), rows, Long::sum)));
        doubts.forEach((campaign, rows) -> needs.add(new Need.Doubt(name(campaign), rows)));
        refused.open().forEach(
                file -> needs.add(new Need.Refusal(file.file(), file.at(), file.problems(), file.lies())));
        watch.stuck().forEach(file -> needs.add(new Need.Stuck(file.waits(), file.file(), file.why())));
        return needs;
    }

    @Override
    public List<Firing> firings(int limit) {
        return schedules.upcoming(limit).stream()
                .map(planned -> new Firing(name(planned.campaign()), planned.next())).toList();
    }

    @Override
    public String stamp() {
        StringBuilder stamp = new StringBuilder().append(counts.having(RowState.IN_DOUBT)).append(refused.open())
                .append(watch.stuck());
        runs.recent(1).forEach(run -> stamp.append(run.id()).append(run.state()));
        List<Run> open = runs.inState(OPEN);
        Map<RunId, Map<RowState, Long>> all = counts.of(open.stream().map(Run::id).toList());
        for (Run run : open) {
            stamp.append(run.id()).append(run.state()).append(run.reason()).append(all.get(run.id()))
                    .append(Math.round(speed.perSecond(run.id())));
            if (run.state() == RunState.RUNNING) {
                stamp.append(ledger.holds(run.id()));
            }
        }
        return stamp.toString();
    }

    private RunLine line(Run run, String name, Map<RowState, Long> of) {
        boolean isRunning = run.state() == RunState.RUNNING;
        List<String> holds = isRunning ? ledger.holds(run.id()) : List.of();
        return new RunLine(name, run.number(), run.id(), run.state(), run.kind().word(), run.reason(), run.openedAt(),
                run.finishedAt(),
                of.values().stream().mapToLong(Long::longValue).sum(), of, isRunning ? speed.perSecond(run.id()) : 0,
                holds.isEmpty() ? null : Words.holds(holds));
    }
}
