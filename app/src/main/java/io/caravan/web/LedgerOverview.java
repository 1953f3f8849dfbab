package io.caravan.web;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.stereotype.Component;

import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.Ledger;
import io.caravan.delivery.RunCounts;
import io.caravan.flow.Speed;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;

/** The overview from the ledgers: counts as they are kept, never by reading rows. */
@Component
class LedgerOverview implements Overview {

    private final Campaigns campaigns;
    private final Runs runs;
    private final RunCounts counts;
    private final Ledger ledger;
    private final Speed speed;

    LedgerOverview(Campaigns campaigns, Runs runs, RunCounts counts, Ledger ledger, Speed speed) {
        this.campaigns = campaigns;
        this.runs = runs;
        this.counts = counts;
        this.ledger = ledger;
        this.speed = speed;
    }

    @Override
    public List<RunLine> runs(int limit) {
        Map<RunId, Run> shown = new LinkedHashMap<>();
        runs.inState(RunState.PLANNING, RunState.PREFLIGHT, RunState.ASKING, RunState.RUNNING, RunState.PAUSED)
                .forEach(run -> shown.put(run.id(), run));
        runs.recent(limit).forEach(run -> shown.putIfAbsent(run.id(), run));
        Map<RunId, Map<RowState, Long>> all = counts.of(shown.keySet());
        List<RunLine> lines = new ArrayList<>();
        shown.values().forEach(run -> lines.add(line(run, all.getOrDefault(run.id(), Map.of()))));
        lines.sort(Comparator.comparing((RunLine line) -> !line.open()).thenComparing(RunLine::openedAt,
                Comparator.reverseOrder()));
        return lines.subList(0, Math.min(limit, lines.size()));
    }

    private RunLine line(Run run, Map<RowState, Long> of) {
        String name = campaigns.find(run.campaign()).map(campaign -> campaign.name())
                .orElse("campaign " + run.campaign());
        boolean isRunning = run.state() == RunState.RUNNING;
        List<String> holds = isRunning ? ledger.holds(run.id()) : List.of();
        return new RunLine(name, run.number(), run.id(), run.state(), run.kind().word(), run.reason(), run.openedAt(),
                run.finishedAt(),
                of.values().stream().mapToLong(Long::longValue).sum(), of, isRunning ? speed.perSecond(run.id()) : 0,
                holds.isEmpty() ? null : String.join("; ", holds));
    }
}
