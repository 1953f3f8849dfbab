package io.caravan.web.campaigns;

import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.springframework.stereotype.Component;

import io.caravan.campaign.Run;
import io.caravan.delivery.Ledger;
import io.caravan.delivery.RunCounts;
import io.caravan.flow.Speed;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;
import io.caravan.web.Overview.RunLine;
import io.caravan.web.RunView;
import io.caravan.web.Words;

/** Runs of a campaign as the pages show them: from the counts as they are kept. */
@Component
class RunLines {

    private final RunCounts counts;
    private final Ledger ledger;
    private final Speed speed;
    private final Clock clock;

    RunLines(RunCounts counts, Ledger ledger, Speed speed, Clock clock) {
        this.counts = counts;
        this.ledger = ledger;
        this.speed = speed;
        this.clock = clock;
    }

    /** A run and where its own page is. */
    record Shown(long id, int number, int version, RunView run) {
    }

    /** @param name of the campaign that each is of */
    List<Shown> of(Collection<Run> runs, String name) {
        Map<RunId, Map<RowState, Long>> all = counts.of(runs.stream().map(Run::id).toList());
        Instant now = clock.instant();
        return runs.stream().map(run -> new Shown(run.id().value(), run.number(), run.version(),
                RunView.of(line(run, name, all.getOrDefault(run.id(), Map.of())), now))).toList();
    }

    private RunLine line(Run run, String name, Map<RowState, Long> of) {
        boolean isRunning = run.state() == RunState.RUNNING;
        List<String> holds = isRunning ? ledger.holds(run.id()) : List.of();
        return new RunLine(name, run.number(), run.id(), run.state(), run.kind().word(), run.reason(), run.openedAt(),
                run.finishedAt(), of.values().stream().mapToLong(Long::longValue).sum(), of,
                isRunning ? speed.perSecond(run.id()) : 0, holds.isEmpty() ? null : Words.holds(holds));
    }
}
