package io.caravan.flow;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Onward;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.Cancellations;
import io.caravan.delivery.RunCounts;
import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;
import io.caravan.mail.TemporaryFault;
import io.caravan.nodes.Node;
import io.caravan.nodes.Turns;
import io.caravan.scheduling.Misfires;

/** The steps {@code runs.due} and {@code runs.advance}: from a firing to a finished run, one move at a time, each of which a crash may repeat. */
@Component("runs")
public class RunSteps {

    private static final Logger log = LoggerFactory.getLogger(RunSteps.class);

    private final Campaigns campaigns;
    private final Runs runs;
    private final RunPlan plan;
    private final Preflight preflight;
    private final RunCounts counts;
    private final Cancellations cancellations;
    private final Holds holds;
    private final ScheduleSync schedule;
    private final Turns turns;
    private final NodeLife node;
    private final InstantSource clock;
    private final AskedRuns asked;
    private final RunFaults faults;

    RunSteps(Campaigns campaigns, Runs runs, RunPlan plan, Preflight preflight, RunCounts counts,
            Cancellations cancellations, Holds holds,
            ScheduleSync schedule, Turns turns, NodeLife node, InstantSource clock) {
        this.campaigns = campaigns;
        this.runs = runs;
        this.plan = plan;
        this.preflight = preflight;
        this.counts = counts;
        this.cancellations = cancellations;
        this.holds = holds;
        this.schedule = schedule;
        this.turns = turns;
        this.node = node;
        this.clock = clock;
        asked = new AskedRuns(campaigns, runs, counts);
        faults = new RunFaults(runs, System::nanoTime);
    }

    /** A campaign's time has come: opens its run, or skips, or asks, by its misfire policy. The same firing again changes nothing. */
    public void due(Long campaign, Instant scheduledFor) {
        CampaignId id = new CampaignId(campaign);
        CampaignSpec.Schedule when = campaigns.find(id)
                .map(known -> campaigns.version(id, known.version()).spec().schedule()).orElse(null);
        if (when == null) {
            log.info("event=firing-ignored campaign={} what=it has no schedule any more", id);
            return;
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS); // it is told to people
        switch (Misfires.decide(scheduledFor, now, when.misfire())) {
            case RUN -> opened(id, scheduledFor, RunState.PLANNING, null);
            case ASK -> opened(id, scheduledFor, RunState.ASKING, "due at " + scheduledFor + " and found only at " + now
                    + ", later than misfire.late allows: answer run or skip");
            case SKIP ->
                opened(id, scheduledFor, RunState.CANCELLED, "due at " + scheduledFor + " and found only at " + now
                        + ", later than misfire.late allows: skipped");
        }
    }

    private void opened(CampaignId id, Instant scheduledFor, RunState state,
            @org.jspecify.annotations.Nullable String reason) {
        runs.open(id, scheduledFor, state, reason)
                .ifPresent(run -> log.info("event=run-opened {} state={}", named(run),
                        run.state().word()));
    }

    /** Takes every run one move further: sweeps, plans, preflights, finishes. Plans ask what is swept, so that comes first. */
    public void advance() {
        schedule.reconcile();
        for (RunId left : counts.overAndWaiting()) { // however old: a batch may give rows back, or a doubt be decided, weeks later
            runs.run(left).ifPresent(run -> careful(run, each -> moved(each, this::sweep)));
        }
        for (Run run : runs.inState(RunState.PLANNING)) {
            careful(run, each -> alone(each, this::plan));
        }
        for (Run run : runs.inState(RunState.PREFLIGHT)) {
            careful(run, each -> alone(each, this::preflight));
        }
        for (Run run : runs.inState(RunState.RUNNING)) {
            careful(run, each -> moved(each, this::finish));
        }
    }

    /** As the ledger and the pages' addresses know it, and as the pages call it. */
    private String named(Run run) {
        String name;
        try {
            name = campaigns.find(run.campaign()).map(known -> known.name()).orElse("(gone)");
        } catch (RuntimeException away) { // what is to be told may be just that
            name = "(unknown)";
        }
        return "run=" + run.id() + " campaign=" + name + " number=" + run.number();
    }

    private interface Move {
        void of(Run run);
    }

    /** One run's fault, of whatever kind, must not hold up the others. */
    private void careful(Run run, Move move) {
        if (faults.rests(run.id())) {
            return;
        }
        try {
            refusing(run, move);
        } catch (TemporaryFault later) {
            faults.waits(run, named(run), later);
        } catch (RuntimeException | StackOverflowError fault) { // the latter comes of attributes or templates without a bottom
            faults.failed(run, named(run), fault);
        }
    }

    private void refusing(Run run, Move move) {
        try {
            move.of(run);
        } catch (InvalidInput | io.caravan.rendering.RenderingFault refused) {
            refuse(run, String.valueOf(refused.getMessage()));
        }
    }

    private void moved(Run run, Move move) {
        move.of(run);
        faults.over(run);
    }

    /** Long moves are one node's at a time: two that plan one run take it from each other and none comes to its end. */
    private void alone(Run run, Move move) {
        Node me = node.node();
        String task = "run:" + run.id();
        if (turns.take(me, task)) {
            try { // another may have made this move since the run was read
                runs.run(run.id()).filter(now -> now.state() == run.state()).ifPresent(now -> moved(now, move));
            } finally {
                turns.giveBack(me, task);
            }
        }
    }

    private void plan(Run run) {
        if (isHeldUp(run)) {
            return;
        }
        long began = System.nanoTime();
        String note = plan.of(run);
        if (runs.move(run.id(), Set.of(RunState.PLANNING), RunState.PREFLIGHT, note)) {
            log.info("event=run-planned {} rows={} ms={}", named(run), planned(run.id()),
                    (System.nanoTime() - began) / 1_000_000);
        }
    }

    /** It waits for the rows of another run, and says so. */
    private boolean isHeldUp(Run run) {
        String why = asked.waitsFor(run);
        if (why == null) {
            if (run.reason() != null && RunNote.fault(run.reason()) == null) {
                runs.note(run, null); // it waits no longer
            }
            return false;
        }
        if (!why.equals(run.reason()) && runs.note(run, why)) {
            log.info("event=run-waits {} state={} what=\"{}\"", named(run), run.state().word(), why);
        }
        return true;
    }

    private void preflight(Run run) {
        long began = System.nanoTime();
        List<String> problems = preflight.problems(run);
        if (!problems.isEmpty()) {
            refuse(run, String.join("\n", problems));
        } else if (runs.move(run.id(), Set.of(RunState.PREFLIGHT), RunState.RUNNING, RunNote.without(run.reason()))) { // a note of its planning stays
            log.info("event=run-started {} preflight_ms={}", named(run), (System.nanoTime() - began) / 1_000_000);
        }
    }

    /** Nothing was sent: its rows are cancelled, with the reason in each. */
    private void refuse(Run run, String why) {
        if (runs.move(run.id(), Set.of(RunState.PLANNING, RunState.PREFLIGHT), RunState.REFUSED, why)) {
            log.warn("event=run-refused {} what=\"{}\"", named(run), why.lines().findFirst().orElse(""));
        }
    }

    private void finish(Run run) {
        Map<RowState, Long> now = counts.of(run.id());
        if (!waits(now) && runs.finish(run.id(), () -> waits(counts.of(run.id())))) {
            holds.forget(run.id());
            log.info("event=run-finished {} counts=\"{}\"", named(run), line(now));
        }
    }

    /** Mail of it was to be sent again, and an earlier version came no further. False: its campaign was cancelled. */
    private boolean goesOn(Run finished) {
        Optional<Onward> onward = runs.sendAgain(finished.id(), _ -> waits(counts.of(finished.id())));
        onward.filter(Onward::goes).ifPresent(when -> log.info("event=run-goes-on {} when={}", named(finished),
                when.name().toLowerCase(Locale.ROOT)));
        return onward.isEmpty() || onward.get().goes();
    }

    /** Rows that wait in a run that is over become cancelled; open batches may still give some back, so it is looked at again. */
    private void sweep(Run run) {
        Map<RowState, Long> now = counts.of(run.id());
        if (rows(now, RowState.PENDING, RowState.DEFERRED) > 0 && !(run.state() == RunState.FINISHED && goesOn(run))) {
            if (rows(now, RowState.PENDING) > 0) {
                plan.end(run.id()); // or what a crash, or a pause, left of a half plan is in no stretch, and waits for ever
            }
            String why = run.state() == RunState.REFUSED
                    ? "the run was refused: " + firstLine(String.valueOf(RunNote.without(run.reason())))
                    : (run.state() == RunState.FINISHED ? Onward.CAMPAIGN_CANCELLED : Onward.RUN_CANCELLED).why();
            cancellations.cancel(run.id(), why.length() <= 500 ? why : why.substring(0, 499) + "…");
            holds.forget(run.id());
        }
    }

    /** A ledger row has room for one line; the run keeps them all. */
    private static String firstLine(String reason) {
        long more = reason.lines().count() - 1;
        return reason.lines().findFirst().orElse("") + (more > 0 ? " (and " + more + " more)" : "");
    }

    private long planned(RunId run) {
        return rows(counts.of(run), RowState.values());
    }

    private static boolean waits(Map<RowState, Long> counts) {
        return rows(counts, RowState.PENDING, RowState.SENDING, RowState.DEFERRED) > 0;
    }

    private static long rows(Map<RowState, Long> counts, RowState... of) {
        return Arrays.stream(of).mapToLong(state -> counts.getOrDefault(state, 0L)).sum();
    }

    /** The states that have rows, as people read them. */
    static String line(Map<RowState, Long> counts) {
        return String.join(", ", counts.entrySet().stream().filter(entry -> entry.getValue() > 0)
                .map(entry -> entry.getValue() + " " + entry.getKey().word()).toList());
    }
}
