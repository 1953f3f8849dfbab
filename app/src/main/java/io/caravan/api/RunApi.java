package io.caravan.api;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.RunLanes;
import io.caravan.flow.RunReport;
import io.caravan.flow.RunReports;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;

/** Runs: how they stand, what holds them, and their counts by recipient domain. */
@RestController
@RequestMapping("/api/v1/runs")
@Tag(name = "Runs")
class RunApi {

    private final Campaigns campaigns;
    private final Runs runs;
    private final RunReports reports;

    RunApi(Campaigns campaigns, Runs runs, RunReports reports) {
        this.campaigns = campaigns;
        this.runs = runs;
        this.reports = reports;
    }

    /**
     * @param number      within its campaign
     * @param reason      why it was refused, paused or cancelled, or what it asks; why it waits to be planned, or cannot go on
     * @param planned     the sum of the counts
     * @param counts      every state of the ledger
     * @param perSecond   recipients settled a second, over the last five seconds
     * @param holds       what holds it now, in words
     * @param nextRetryAt when the next deferred recipient is tried again
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "Run")
    record RunOf(long id, String campaign, int number, int version, String kind, String state, @Nullable String reason,
            long planned, Map<String, Long> counts, double perSecond, List<String> holds,
            @Nullable Instant nextRetryAt, Instant scheduledFor, Instant openedAt, @Nullable Instant finishedAt) {

        static RunOf of(RunReport report) {
            Run run = report.run();
            return new RunOf(run.id().value(), report.campaign().name(), run.number(), run.version(),
                    run.kind().word(), run.state().word(), run.reason(), report.planned(), words(report.counts()),
                    report.perSecond(), report.holds(), report.nextRetry(), run.scheduledFor(), run.openedAt(),
                    run.finishedAt());
        }
    }

    /**
     * @param domain    * for the domains that have too few people for a lane of their own
     * @param waiting   planned and never claimed
     * @param underWay  sending, or deferred until the next attempt
     * @param deferred  of those under way; null in a run with more than 500 deferred
     * @param settled   by state
     * @param held      why nothing of it is claimed now
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "RunLane")
    record LaneOf(int lane, String domain, long planned, long waiting, long underWay, @Nullable Long deferred,
            Map<String, Long> settled, double perSecond, @Nullable String held, @Nullable Instant heldSince) {

        static LaneOf of(RunReport.Lane lane) {
            return new LaneOf(lane.lane(), lane.domain(), lane.planned(), lane.waiting(), lane.underWay(),
                    lane.deferred(), words(lane.settled()), lane.perSecond(), lane.held(), lane.heldSince());
        }
    }

    @GetMapping
    @Operation(summary = "Runs, the newest first", operationId = "runs")
    ResponseEntity<Slice<RunOf>> list(@RequestParam(required = false) @Nullable String campaign,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = Slice.USUAL) int limit) {
        Campaign of = campaign == null
                ? null
                : campaigns.find(campaign).orElseThrow(() -> Refused.unknown("campaign " + campaign));
        List<Run> some = runs.page(of == null ? null : of.id(), state == null ? null : state(state),
                Cursor.number(cursor, Long.MAX_VALUE), Slice.reading(limit));
        return Slice.of(reports.of(some), limit, run -> List.of(run.run().id().toString()), RunOf::of);
    }

    @GetMapping("/{id}")
    @Operation(summary = "A run with its counts and what holds it", operationId = "run")
    RunOf one(@PathVariable long id) {
        return RunOf.of(found(id));
    }

    @GetMapping("/{id}/lanes")
    @Operation(summary = "Its counts by recipient domain, the largest first", operationId = "runLanes")
    ResponseEntity<Slice<LaneOf>> lanes(@PathVariable long id, @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = Slice.USUAL) int limit) {
        RunId run = found(id).run().id();
        return Slice.of(reports.lanes(run, after(Cursor.parts(cursor, 2)), Slice.reading(limit)), limit,
                lane -> List.of(Long.toString(lane.planned()), Integer.toString(lane.lane())), LaneOf::of);
    }

    private static RunLanes.@Nullable After after(@Nullable List<String> key) {
        try {
            return key == null ? null : new RunLanes.After(Long.parseLong(key.get(0)), Integer.parseInt(key.get(1)));
        } catch (NumberFormatException e) {
            throw Refused.field("cursor", "invalid", "this cursor was not made by this list; leave it out");
        }
    }

    private RunReport found(long id) {
        return reports.of(new RunId(id)).orElseThrow(() -> Refused.unknown("run " + id));
    }

    private static RunState state(String word) {
        return Arrays.stream(RunState.values()).filter(state -> state.word().equals(word)).findFirst()
                .orElseThrow(() -> Refused.field("state", "unknown", "there is no run state '" + word
                        + "'; the states are planning, preflight, refused, asking, running, paused, finished, cancelled"));
    }

    static Map<String, Long> words(Map<RowState, Long> states) {
        Map<String, Long> counts = new TreeMap<>();
        states.forEach((state, n) -> counts.put(state.word(), n));
        return counts;
    }
}
