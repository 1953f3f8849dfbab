package io.caravan.web.runs;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.caravan.campaign.Run;
import io.caravan.flow.RunReport;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.pacing.Lanes;
import io.caravan.web.Moment;
import io.caravan.web.Overview.RunLine;
import io.caravan.web.RunView;
import io.caravan.web.Words;

/**
 * A recipient domain of a run in words.
 *
 * @param figures  its counts and their bar
 * @param lumped   the deferred are among the sending: there are too many of them to be told by domain
 * @param rate     "" when nothing of it was settled lately
 * @param held     "" when nothing holds it
 */
public record LaneView(int lane, String domain, boolean tail, RunView figures, boolean lumped, String rate, String held,
        @Nullable Moment since) {

    static LaneView of(RunReport report, RunReport.Lane lane, Instant now) {
        boolean tail = lane.domain().equals(Lanes.TAIL);
        boolean running = report.run().state() == RunState.RUNNING;
        String held = running && lane.held() != null ? Words.hold(lane.held()) : "";
        return new LaneView(lane.lane(), tail ? "small domains" : lane.domain(), tail,
                RunView.of(line(report, lane.planned(), counts(lane), lane.perSecond()), now),
                lane.deferred() == null, running && lane.perSecond() > 0 ? rate(lane.perSecond()) : "", held,
                held.isEmpty() ? null : Moment.of(lane.heldSince()));
    }

    /** The run as a whole, for the view that all pages share. */
    static RunLine whole(RunReport report) {
        return line(report, report.planned(), report.counts(), report.perSecond());
    }

    private static RunLine line(RunReport report, long planned, Map<RowState, Long> counts, double perSecond) {
        Run run = report.run();
        return new RunLine(report.campaign().name(), run.number(), run.id(), run.state(), run.kind().word(),
                run.reason(), run.openedAt(), run.finishedAt(), planned, counts, perSecond,
                report.holds().isEmpty()
                        ? null
                        : Words.holds(report.holds()));
    }

    /** What is neither settled nor waiting is under way. */
    private static Map<RowState, Long> counts(RunReport.Lane lane) {
        Map<RowState, Long> counts = new EnumMap<>(RowState.class);
        counts.putAll(lane.settled());
        counts.put(RowState.PENDING, lane.waiting());
        long deferred = lane.deferred() == null ? 0 : lane.deferred();
        counts.put(RowState.DEFERRED, deferred);
        counts.put(RowState.SENDING, Math.max(0, lane.underWay() - deferred));
        return counts;
    }

    private static String rate(double perSecond) {
        return (perSecond >= 10 ? Words.number(Math.round(perSecond)) : String.format(Locale.ROOT, "%.1f", perSecond))
                + "/s";
    }
}
