package io.caravan.web.queue;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

import io.caravan.flow.QueueDesk.Held;
import io.caravan.flow.QueueDesk.Line;
import io.caravan.mail.RunState;
import io.caravan.pacing.LaneReplies.Reply;
import io.caravan.pacing.Lanes;
import io.caravan.web.Moment;
import io.caravan.web.Words;

/**
 * A lane of a run in words. {@code look} is the class of the state's dot.
 *
 * @param name     of the provider as filters have it, {@code *} for the small ones
 * @param deferred "many" where nobody counts
 * @param last     "" if its hosts never said anything
 * @param held     "" if nothing holds it
 */
public record QueueRow(long run, String campaign, int number, int lane, String identity, String name, String provider,
        String look, String state, String waiting, String underWay, String deferred, Moment oldest,
        @Nullable Moment next, String rate, String last, @Nullable Moment heard, String held, @Nullable Moment until) {

    static QueueRow of(Line line) {
        Held held = line.held();
        Reply last = line.last();
        String provider = line.lane().provider();
        return new QueueRow(line.run().id().value(), line.campaign(), line.run().number(), line.lane().id(),
                line.lane().identity(), provider, provider.equals(Lanes.TAIL) ? "all small ones" : provider,
                held == null ? "is-running" : "is-paused",
                held == null ? "flows" : line.run().state() == RunState.PAUSED && !byOrder(held) ? "paused" : "held",
                Words.number(line.waiting()), Words.number(line.underWay()),
                line.deferred() == null ? "many" : Words.number(line.deferred()), Moment.at(line.oldest()),
                Moment.of(line.next()), rate(line),
                last == null ? "" : (last.host() + ": " + last.reply()).strip(),
                last == null ? null : Moment.at(last.at()), held == null ? "" : why(held),
                held == null ? null : Moment.of(held.until()));
    }

    /** Without what the words say of its end, when the time is shown. */
    private static String why(Held held) {
        String why = Words.hold(held.why());
        return held.until() == null ? why : why.replaceFirst("; the rest goes (from \\S+|tomorrow and later)$", "");
    }

    private static boolean byOrder(Held held) {
        return !held.why().equals("the run is paused");
    }

    private static String rate(Line line) {
        String now = line.perSecond() == 0 ? "0/s" : String.format(Locale.ROOT, "%.1f/s", line.perSecond());
        return now + (line.limit() == null ? "" : ", at most " + line.limit())
                + (line.share() < 1 ? ", slowed to " + Math.round(100 * line.share()) + " %" : "");
    }
}
