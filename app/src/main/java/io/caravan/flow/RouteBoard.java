package io.caravan.flow;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.campaign.Campaign;
import io.caravan.campaign.Timetable;
import io.caravan.flow.RouteDrawing.Drawn;
import io.caravan.flow.RouteFigures.Figures;

/** The routes in force for people: what each does, how it goes, who uses it. Changes nothing. */
@Component
public class RouteBoard {

    private static final int CAMPAIGNS = 20;

    /**
     * A route in force.
     *
     * @param file     a path, or {@code (packed) NAME}
     * @param source   where it reads
     * @param state    {@code started}, {@code stopped}, {@code suspended}, or {@code gone} while the routes are exchanged
     * @param workflow the name by which campaigns choose it; null: it is none
     * @param every    null: it does not run by itself
     */
    public record Line(String id, String description, String file, int line, String source, String state,
            Figures figures, @Nullable String workflow, @Nullable Duration every) {
    }

    /** A line of a route's source. */
    public record SourceLine(int number, String text) {
    }

    /**
     * A route in full.
     *
     * @param from      where it reads; its steps are the route's
     * @param comesFrom the ids of the routes that send to it
     * @param campaigns the names of those that it carries, the last changed first, at most twenty
     */
    public record Sheet(Line line, RouteStep from, List<SourceLine> source, List<String> comesFrom,
            List<String> campaigns) {
    }

    private final RouteSet routes;
    private final RouteFigures figures;
    private final Timetable timetable;

    RouteBoard(RouteSet routes, RouteFigures figures, Timetable timetable) {
        this.routes = routes;
        this.figures = figures;
        this.timetable = timetable;
    }

    /** In the order that a recipient walks: of the files' names. */
    public List<Line> lines() {
        Set<String> workflows = routes.workflows();
        return RouteDrawing.of(routes.inForce()).values().stream().map(drawn -> line(drawn, workflows)).toList();
    }

    public Optional<Sheet> find(String id) {
        Map<String, Drawn> all = RouteDrawing.of(routes.inForce());
        return Optional.ofNullable(all.get(id)).map(drawn -> sheet(drawn, all));
    }

    /** Changes when a route fails, is exchanged or stops; how much goes over them is not part of it. */
    public String stamp() {
        StringBuilder stamp = new StringBuilder();
        RouteDrawing.of(routes.inForce()).keySet().forEach(id -> stamp.append(id).append(figures.of(id).failed())
                .append(routes.status(id).orElse("gone")));
        return stamp.toString();
    }

    private Line line(Drawn drawn, Set<String> workflows) {
        String name = drawn.source().scheme().equals("direct") ? drawn.source().path() : "";
        return new Line(drawn.id(), drawn.description(), drawn.file().shown(), drawn.firstLine(), drawn.from().what(),
                routes.status(drawn.id()).orElse("gone"), figures.of(drawn.id()),
                workflows.contains(name) ? name : null,
                every(drawn));
    }

    private static @Nullable Duration every(Drawn drawn) {
        String millis = drawn.source().options().getOrDefault("trigger.repeatInterval", "");
        return drawn.source().scheme().equals(RoutePulse.NAME) && millis.matches("\\d{1,12}")
                ? Duration.ofMillis(Long.parseLong(millis))
                : null;
    }

    private Sheet sheet(Drawn drawn, Map<String, Drawn> all) {
        Line line = line(drawn, routes.workflows());
        List<String> comesFrom = all.values().stream()
                .filter(other -> RouteDrawing.targets(other.from()).contains(drawn.id())
                        || line.workflow() != null && RouteDrawing.sendsToWorkflows(other.from()))
                .map(Drawn::id).toList();
        List<String> text = drawn.file().text().lines().toList();
        List<SourceLine> source = IntStream.rangeClosed(drawn.firstLine(), Math.min(drawn.lastLine(), text.size()))
                .mapToObj(number -> new SourceLine(number, text.get(number - 1))).toList();
        List<String> campaigns = line.workflow() == null
                ? List.of()
                : timetable.ofWorkflow(line.workflow(), CAMPAIGNS).stream().map(Campaign::name).toList();
        return new Sheet(line, drawn.from(), source, comesFrom, campaigns);
    }
}
