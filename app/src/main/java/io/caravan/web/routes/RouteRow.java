package io.caravan.web.routes;

import java.time.Duration;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import io.caravan.flow.RouteBoard.Line;
import io.caravan.flow.RouteFigures.Figures;
import io.caravan.web.Moment;
import io.caravan.web.Words;

/** A route in words. {@code look} is the class of the state's dot. */
public record RouteRow(String id, String description, String file, int line, String source, String look, String state,
        String total, long failed, long inFlight, String lastMinute, String mean, String slowest,
        @Nullable Moment last, @Nullable String error, @Nullable Moment errorAt, @Nullable String workflow) {

    static RouteRow of(Line line) {
        Figures figures = line.figures();
        return new RouteRow(line.id(), line.description(), line.file(), line.line(), line.source(), look(line.state()),
                line.state(), Words.number(figures.total()), figures.failed(), figures.inFlight(),
                Words.number(figures.lastMinute()), took(figures, figures.mean()), took(figures, figures.slowest()),
                Moment.of(figures.last()), figures.error(), Moment.of(figures.errorAt()), line.workflow());
    }

    private static String look(String state) {
        return state.equals("started") ? "is-running" : state.equals("suspended") ? "is-paused" : "is-failed";
    }

    private static String took(Figures figures, Duration time) {
        if (figures.total() == 0) {
            return "–";
        }
        return time.toMillis() >= 1000
                ? Words.duration(time)
                : time.toMillis() >= 10
                        ? time.toMillis() + " ms"
                        : String.format(Locale.ROOT, "%.1f ms", time.toNanos() / 1e6);
    }
}
