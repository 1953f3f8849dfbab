package io.caravan.api;

import java.time.Instant;
import java.util.List;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

import io.caravan.campaign.Run;
import io.caravan.flow.ScheduleDesk;
import io.caravan.flow.ScheduleDesk.Line;
import io.caravan.flow.ScheduleDesk.Misfire;
import io.caravan.mail.InvalidInput;
import io.caravan.scheduling.ScheduleWords;

/** When campaigns are due. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Schedule")
class ScheduleApi {

    private static final int FIRINGS = 10;
    private static final int MISFIRES = 100;

    private final ScheduleDesk desk;

    ScheduleApi(ScheduleDesk desk) {
        this.desk = desk;
    }

    /**
     * A campaign's schedule.
     *
     * @param state     waiting; paused (the schedule); held (its campaign is paused); fired (no firing is left)
     * @param lateAfter seconds
     * @param lateThen  run, skip or ask
     * @param next      null unless it waits
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "ScheduledCampaign")
    record Shown(String campaign, String state, String words, @Nullable String cron, String zone, long lateAfter,
            String lateThen, @Nullable Instant previous, @Nullable Instant next) {
        static Shown of(Line line) {
            return new Shown(line.campaign().name(), line.state().word(), ScheduleWords.of(line.schedule()),
                    line.schedule().cron(), line.schedule().zone().getId(),
                    line.schedule().misfire().late().toSeconds(),
                    line.schedule().misfire().then().name().toLowerCase(java.util.Locale.ROOT), line.previous(),
                    line.next());
        }
    }

    /** The same with the moments that it names from now on, ten at most; they come only while it waits. */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "ScheduledCampaignInFull")
    record Full(Shown schedule, List<Instant> firings) {
    }

    /**
     * A firing that came late, and its run.
     *
     * @param runState what it became: asking, cancelled (skipped), running, finished ...
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "LateFiring")
    record Late(String campaign, Instant due, Instant openedAt, int run, long runId, String runState,
            @Nullable String reason) {
        static Late of(Misfire misfire) {
            Run run = misfire.run();
            return new Late(misfire.campaign(), run.scheduledFor(), run.openedAt(), run.number(), run.id().value(),
                    run.state().word(), run.reason());
        }
    }

    /** @param action trigger, pause or resume */
    @Schema(name = "ScheduleAction")
    record Wanted(@Nullable String action) {
    }

    /** @param run the number of the run that a trigger opened */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "ScheduleActed")
    record Done(String action, @Nullable Integer run, @Nullable Long runId, @Nullable Shown schedule) {
    }

    @GetMapping("/schedule")
    @Operation(summary = "Campaigns that have a schedule, by name", operationId = "listSchedule")
    ResponseEntity<Slice<Shown>> list(@RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = Slice.USUAL) int limit) {
        List<String> after = Cursor.parts(cursor, 1);
        List<Line> read = desk.page(after == null ? "" : after.getFirst(), Slice.reading(limit));
        return Slice.of(read, limit, line -> List.of(line.campaign().name()), Shown::of);
    }

    @GetMapping("/schedule/{campaign}")
    @Operation(summary = "One campaign's schedule with its next ten firings", operationId = "getSchedule")
    Full one(@PathVariable String campaign) {
        Line line = desk.find(campaign).orElseThrow(() -> Refused.unknown("schedule of a campaign " + campaign));
        return new Full(Shown.of(line), desk.firings(line, FIRINGS));
    }

    @GetMapping("/misfires")
    @Operation(summary = "The last firings that came more than a minute late, and what became of them", operationId = "listLateFirings")
    Slice<Late> late() {
        return new Slice<>(desk.misfires(MISFIRES).stream().map(Late::of).toList(), null);
    }

    @PostMapping("/schedule/{campaign}/actions")
    @Operation(summary = "Trigger a campaign now, or pause or resume its schedule", description = "A paused schedule opens no new run and leaves open"
            + " ones alone. 409 if it is not possible now, with the reason.", operationId = "actOnSchedule")
    Done act(@PathVariable String campaign, @RequestBody Wanted wanted) {
        if (desk.find(campaign).isEmpty()) {
            throw Refused.unknown("schedule of a campaign " + campaign);
        }
        String action = wanted.action() == null ? "" : wanted.action();
        try {
            Run opened = null;
            switch (action) {
                case "trigger" -> opened = desk.trigger(campaign);
                case "pause" -> desk.pause(campaign);
                case "resume" -> desk.resume(campaign);
                default -> throw Refused.field("action", "invalid",
                        "action is '" + action + "'; use trigger, pause or resume");
            }
            return new Done(action, opened == null ? null : opened.number(),
                    opened == null ? null : opened.id().value(), desk.find(campaign).map(Shown::of).orElse(null));
        } catch (InvalidInput refused) {
            throw Refused.conflict("not_now", String.valueOf(refused.getMessage()));
        }
    }
}
