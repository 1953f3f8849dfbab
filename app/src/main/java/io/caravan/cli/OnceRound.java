package io.caravan.cli;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.context.ApplicationContext;

import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.RunCounts;
import io.caravan.flow.DropFolder;
import io.caravan.flow.DropFolder.Dropped;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.CampaignState;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.scheduling.Firings;

/** What {@code once} does: takes the drop folder, lets what is due run, waits, and sums up. */
final class OnceRound {

    private static final int RECENT = 500;

    private final DropFolder dropFolder;
    private final Campaigns campaigns;
    private final Runs runs;
    private final RunCounts counts;
    private final Clock clock;
    private final PrintWriter out;
    private final PrintWriter progress;
    private final Instant started;

    OnceRound(ApplicationContext application, PrintWriter out, PrintWriter progress) {
        dropFolder = application.getBean(DropFolder.class);
        campaigns = application.getBean(Campaigns.class);
        runs = application.getBean(Runs.class);
        counts = application.getBean(RunCounts.class);
        clock = application.getBean(Clock.class);
        started = Instant.ofEpochMilli(application.getStartupDate());
        this.out = out;
        this.progress = progress;
    }

    /** @return the exit code of INTERFACE: 0 all final, 1 something is not, failed or is in doubt, 2 input refused */
    int run(Duration wait) throws InterruptedException {
        Instant until = clock.instant().plus(wait);
        Map<Long, Run> concerned = new TreeMap<>();
        open().forEach(run -> concerned.put(run.id().value(), run));
        boolean refused = takeAll();
        do {
            Thread.sleep(200);
            openedHere().forEach(run -> concerned.put(run.id().value(), run));
            concerned.replaceAll((_, run) -> runs.run(run.id()).orElse(run));
        } while (clock.instant().isBefore(until) && (isDue() || concerned.values().stream().anyMatch(this::isMoving)));
        return sumUp(concerned, refused);
    }

    /** Those of this process, over already or not: a short run may open and finish between two looks. */
    private List<Run> openedHere() {
        return runs.recent(RECENT).stream().filter(run -> !run.openedAt().isBefore(started)).toList();
    }

    private boolean takeAll() {
        boolean refused = false;
        dropFolder.takeAll();
        for (Dropped dropped : dropFolder.lately()) { // the route takes files, too, from the start on
            dropped.lines().forEach(line -> progress.println(dropped.file() + ": " + line));
            refused |= dropped.fate() == DropFolder.Fate.REFUSED;
        }
        progress.flush();
        return refused;
    }

    private List<Run> open() {
        return runs.inState(RunState.PLANNING, RunState.PREFLIGHT, RunState.ASKING, RunState.RUNNING, RunState.PAUSED);
    }

    private boolean isMoving(Run run) {
        return switch (run.state()) {
            case PLANNING, PREFLIGHT, RUNNING -> true;
            case REFUSED, CANCELLED ->
                rows(counts.of(run.id()), RowState.PENDING, RowState.SENDING, RowState.DEFERRED) > 0;
            case ASKING, PAUSED, FINISHED -> false;
        };
    }

    /** A schedule whose time has come and whose run is not open yet. */
    private boolean isDue() {
        return campaigns.all().stream().filter(campaign -> campaign.state() == CampaignState.SCHEDULED)
                .anyMatch(campaign -> next(campaign).stream().anyMatch(time -> !time.isAfter(clock.instant())));
    }

    private List<Instant> next(Campaign campaign) {
        CampaignSpec.Schedule schedule = campaigns.version(campaign.id(), campaign.version()).spec().schedule();
        if (schedule == null) {
            return List.of();
        }
        return schedule.now()
                ? List.of(campaign.armedAt())
                : Firings.next(schedule, schedule.cron() == null ? campaign.armedAt() : clock.instant(), 1);
    }

    private int sumUp(Map<Long, Run> concerned, boolean refused) {
        List<RunTable.Line> lines = new ArrayList<>();
        boolean whole = true;
        for (Run run : concerned.values()) {
            Map<RowState, Long> now = counts.of(run.id());
            lines.add(new RunTable.Line(campaigns.find(run.campaign()).map(Campaign::name).orElse("?"), run.number(),
                    run.state().word(), now));
            whole &= run.state() == RunState.FINISHED && rows(now, RowState.FAILED, RowState.IN_DOUBT) == 0;
            refused |= run.state() == RunState.REFUSED;
            String reason = run.reason();
            if (reason != null && run.state() != RunState.FINISHED) {
                reason.lines().forEach(progress::println);
            }
        }
        if (lines.isEmpty()) {
            out.println("nothing was due");
        } else {
            RunTable.print(lines, out);
        }
        for (Campaign campaign : campaigns.all()) {
            if (campaign.state() == CampaignState.SCHEDULED) {
                next(campaign).forEach(time -> out.println("later: " + campaign.name() + " at " + time));
            }
        }
        out.flush();
        return refused ? 2 : whole ? 0 : 1;
    }

    private static long rows(Map<RowState, Long> counts, RowState... of) {
        return List.of(of).stream().mapToLong(state -> counts.getOrDefault(state, 0L)).sum();
    }
}
