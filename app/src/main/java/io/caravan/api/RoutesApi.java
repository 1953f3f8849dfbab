package io.caravan.api;

import java.time.Instant;
import java.util.List;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

import io.caravan.flow.RouteBoard;
import io.caravan.flow.RouteBoard.Line;
import io.caravan.flow.RouteBoard.Sheet;
import io.caravan.flow.RouteBoard.SourceLine;
import io.caravan.flow.RouteFigures.Figures;
import io.caravan.flow.RouteProblem;
import io.caravan.flow.RouteReload;
import io.caravan.flow.RouteSet;
import io.caravan.flow.RouteStep;

/** The routes in force. They are read, checked and exchanged for what is on disk, and never written over HTTP. */
@RestController
@RequestMapping("/api/v1/routes")
@Tag(name = "Routes")
class RoutesApi {

    private final RouteBoard board;
    private final RouteSet routes;

    RoutesApi(RouteBoard board, RouteSet routes) {
        this.board = board;
        this.routes = routes;
    }

    /**
     * What went over a route on this node since it started. An exchange is a batch, a file or a tick.
     *
     * @param meanSeconds of one exchange
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "RouteFigures")
    record Counted(long total, long failed, long inFlight, long lastMinute, double meanSeconds,
            @Nullable Instant lastAt, @Nullable String error, @Nullable Instant errorAt) {
        static Counted of(Figures figures) {
            return new Counted(figures.total(), figures.failed(), figures.inFlight(), figures.lastMinute(),
                    figures.mean().toNanos() / 1e9, figures.last(), figures.error(), figures.errorAt());
        }
    }

    /**
     * A route.
     *
     * @param state    started, stopped, suspended; gone while routes are exchanged
     * @param workflow the name that campaigns choose it by; null: it is no workflow
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "Route")
    record Shown(String id, String description, String file, int line, String source, String state,
            @Nullable String workflow, Counted figures) {
        static Shown of(Line line) {
            return new Shown(line.id(), line.description(), line.file(), line.line(), line.source(), line.state(),
                    line.workflow(), Counted.of(line.figures()));
        }
    }

    /** A step, with those inside of it. {@code leads_to}: the route that begins where it sends. */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "RouteStep")
    record Step(String kind, String what, String description, int line, @Nullable String leadsTo, List<Step> steps) {
        static Step of(RouteStep step) {
            return new Step(step.kind(), step.what(), step.description(), step.line(), step.leadsTo(),
                    step.steps().stream().map(Step::of).toList());
        }
    }

    /** A route in full. {@code source} begins at the route's own line of its file. */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "RouteInFull")
    record Full(Shown route, Step from, List<SourceLine> source, List<String> comesFrom, List<String> campaigns) {
        static Full of(Sheet sheet) {
            return new Full(Shown.of(sheet.line()), Step.of(sheet.from()), sheet.source(), sheet.comesFrom(),
                    sheet.campaigns());
        }
    }

    /** What a reload would find: the files that differ from what is in force, and every problem. */
    @Schema(name = "RouteCheck")
    record Checked(List<String> changed, List<RouteProblem> problems) {
    }

    /** @param says for people */
    @Schema(name = "RouteReload")
    record Reloaded(String says, List<String> files) {
    }

    @GetMapping
    @Operation(summary = "The routes in force, in the order that a recipient walks", operationId = "listRoutes")
    Slice<Shown> list() {
        return new Slice<>(board.lines().stream().map(Shown::of).toList(), null);
    }

    @GetMapping("/{id}")
    @Operation(summary = "One route with its steps, its source and the campaigns that use it", operationId = "getRoute")
    Full one(@PathVariable String id) {
        return Full.of(board.find(id).orElseThrow(() -> Refused.unknown("route " + id)));
    }

    @GetMapping("/check")
    @Operation(summary = "Every problem of the route files on disk", operationId = "checkRoutes")
    Checked check() {
        RouteSet.OnDisk disk = routes.onDisk();
        return new Checked(disk.changed(), disk.problems());
    }

    @PostMapping("/reload")
    @Operation(summary = "Exchange the routes for the files on disk", description = "Waits for what is on the road, half a minute at most. 409 if"
            + " they were not exchanged, with every reason; what was in force stays in force then.", operationId = "reloadRoutes")
    Reloaded reload() {
        RouteReload outcome = routes.reload();
        return switch (outcome) {
            case RouteReload.Done done -> new Reloaded(done.says(), done.files());
            case RouteReload.Refused refused -> throw refused(refused.problems());
            case RouteReload.Busy busy -> throw Refused.conflict("busy", busy.says());
            case RouteReload.TakenBack back -> throw Refused.conflict("taken_back", back.says());
        };
    }

    private static Refused refused(List<String> problems) {
        return new Refused(org.springframework.http.HttpStatus.CONFLICT,
                problems.stream().map(problem -> new Refused.Fault("", "route_problem", problem)).toList());
    }
}
