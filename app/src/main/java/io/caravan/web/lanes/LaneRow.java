package io.caravan.web.lanes;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import io.caravan.flow.LaneDesk.Hour;
import io.caravan.flow.LaneDesk.Line;
import io.caravan.flow.LaneDesk.Measure;
import io.caravan.flow.LaneDesk.Standing;
import io.caravan.pacing.LaneState;
import io.caravan.pacing.Lanes;
import io.caravan.shaping.BreakerRule;
import io.caravan.web.Moment;
import io.caravan.web.Words;

/**
 * A lane in words. {@code look} is the class of the state's dot, {@code chart} the last 24 hours as stacked columns of a drawing of
 * {@value #WIDTH} by {@value #HEIGHT}, {@code said} the same as a sentence.
 */
public record LaneRow(int id, String identity, String provider, String look, String state, String why, String note,
        boolean forced, @Nullable Moment since, @Nullable Moment until, String waiting, String deferred,
        List<Share> shares, List<Column> chart, String said, String last,
        @Nullable Moment heard) {

    static final int WIDTH = 240;
    static final int HEIGHT = 40;

    /** A measured share against what it may be; {@code over}: it is above; {@code few}: it is, and of too few answers to count. */
    public record Share(String name, String share, String of, String threshold, String minimum, boolean over,
            boolean few) {
        static Share of(Measure measure) {
            return new Share(measure.name(), percent(measure.share()), Words.number(measure.of()),
                    BreakerRule.percent(measure.threshold()), Words.number(measure.minimum()),
                    measure.of() > 0 && measure.share() > measure.threshold(),
                    measure.of() > 0 && measure.of() < measure.minimum() && measure.share() > measure.threshold());
        }
    }

    /** One part of a column: a rectangle of the drawing. */
    public record Column(String look, int x, double y, int width, double height) {
    }

    static LaneRow of(Line line) {
        LaneState state = line.state();
        return new LaneRow(line.lane().id(), line.lane().identity(), provider(line.lane().provider()),
                look(line.standing()), line.standing().word(), why(line), state == null ? "" : state.note(),
                state != null && state.forced(), state == null ? null : Moment.at(state.since()),
                state == null ? null : Moment.of(state.until()), Words.number(line.waiting()),
                line.deferred() == null ? "many" : Words.number(line.deferred()),
                line.measures().stream().map(Share::of).toList(), chart(line.hours()),
                said(line.hours()), line.last() == null ? "" : line.last().host() + ": " + line.last().reply(),
                line.last() == null ? null : Moment.at(line.last().at()));
    }

    private static String provider(String name) {
        return name.equals(Lanes.TAIL) ? "all small ones" : name;
    }

    private static String look(Standing standing) {
        return switch (standing) {
            case HEALTHY -> "is-running";
            case SLOWING, TRICKLING -> "is-paused";
            case HEALING -> "is-sending";
            case HELD -> "is-failed";
        };
    }

    private static String why(Line line) {
        LaneState state = line.state();
        if (state == null) {
            return "";
        }
        String slowed = line.standing() == Standing.SLOWING
                ? "slowed to " + Math.round(100 * line.share()) + " % of its rate: " + state.pace().why()
                : line.standing() == Standing.HEALING && line.share() > 1
                        ? String.format(Locale.ROOT,
                                "slowed lately; may go %.1f times as fast as before by now, and faster until nothing limits it: %s",
                                line.share(), state.pace().why())
                        : "";
        if (state.forced() && line.standing() != Standing.HELD) {
            return "let go by hand: not judged until a person resets it" + (slowed.isEmpty() ? "" : "; " + slowed);
        }
        return slowed.isEmpty() ? state.why() : slowed;
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static List<Column> chart(List<Hour> hours) {
        long most = Math.max(1, hours.stream().mapToLong(LaneRow::all).max().orElse(1));
        int width = hours.isEmpty() ? WIDTH : WIDTH / hours.size();
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < hours.size(); i++) {
            double y = HEIGHT;
            y = part(columns, "s-bounced", i * width, y, width - 1, hours.get(i).bounced(), most);
            y = part(columns, "s-deferred", i * width, y, width - 1, hours.get(i).deferred(), most);
            part(columns, "s-accepted", i * width, y, width - 1, hours.get(i).accepted(), most);
        }
        return columns;
    }

    private static double part(List<Column> columns, String look, int x, double y, int width, long n, long most) {
        if (n == 0) {
            return y;
        }
        double height = Math.round(10.0 * HEIGHT * n / most) / 10.0;
        double top = Math.round(10 * (y - height)) / 10.0;
        columns.add(new Column(look, x, top, width, height));
        return top;
    }

    private static long all(Hour hour) {
        return hour.accepted() + hour.deferred() + hour.bounced();
    }

    /** For the cell beside the drawing, which shows no numbers. */
    public String sum() {
        return chart.isEmpty() ? "no mail in 24 hours" : said.substring(said.indexOf(": ") + 2);
    }

    private static String said(List<Hour> hours) {
        return "The last 24 hours: " + Words.number(hours.stream().mapToLong(Hour::accepted).sum()) + " accepted, "
                + Words.number(hours.stream().mapToLong(Hour::deferred).sum()) + " deferred, "
                + Words.number(hours.stream().mapToLong(Hour::bounced).sum()) + " bounced";
    }
}
