package io.caravan.api;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

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

import io.caravan.flow.LaneDesk;
import io.caravan.flow.LaneDesk.Act;
import io.caravan.flow.LaneDesk.Line;
import io.caravan.mail.InvalidInput;
import io.caravan.pacing.LaneState;

/** How each sending identity fares with each mailbox provider. */
@RestController
@RequestMapping("/api/v1/lanes")
@Tag(name = "Lanes")
class LanesApi {

    private final LaneDesk desk;

    LanesApi(LaneDesk desk) {
        this.desk = desk;
    }

    /** @param share 0 to 1, of {@code of} answers; above {@code threshold}, with {@code minimum} answers or more, the lane is held */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "LaneMeasure")
    record Measure(String name, double share, long bad, long of, double threshold, int minimum) {
    }

    /**
     * A lane.
     *
     * @param provider * is all small ones
     * @param standing healthy, slowing, held, trickling (a trickle finds out), healing (was held or slowed lately)
     * @param breaker  closed, open, half_open
     * @param forced   a person has set it; it is not judged until it is reset
     * @param until    when the trickle of a held one begins
     * @param pace     the share of its rate that it uses now; 1: it is not slowed
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "Lane")
    record Shown(int id, String identity, String provider, String standing, String breaker, String why, boolean forced,
            String note, @Nullable Instant since, @Nullable Instant until, double pace, long waiting,
            @Schema(description = "null: more than 200 are deferred in all lanes") @Nullable Long deferred,
            List<Measure> measures) {
        static Shown of(Line line) {
            LaneState state = line.state();
            List<Measure> measures = line.measures().stream().map(one -> new Measure(one.name(), one.share(), one.bad(),
                    one.of(), one.threshold(), one.minimum())).toList();
            return state == null
                    ? new Shown(line.lane().id(), line.lane().identity(), line.lane().provider(),
                            line.standing().word(), "closed", "", false, "", null, null, 1, line.waiting(),
                            line.deferred(), measures)
                    : new Shown(line.lane().id(), line.lane().identity(), line.lane().provider(),
                            line.standing().word(), state.state().word(), state.why(), state.forced(), state.note(),
                            state.since(), state.until(), Math.min(1, line.share()), line.waiting(), line.deferred(),
                            measures);
        }
    }

    /** What came of one hour. */
    @Schema(name = "LaneHour")
    record Hour(Instant hour, long accepted, long deferred, long bounced) {
    }

    /** @param hours the last 24, oldest first */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "LaneInFull")
    record Full(Shown lane, List<Hour> hours) {
    }

    /**
     * @param action open (hold until reset), close (let go until reset), reset, retry
     * @param note   who asked for it, or why; all but retry need it
     */
    @Schema(name = "LaneAction")
    record Wanted(@Nullable String action, @Nullable String note) {
    }

    @Schema(name = "LaneActed")
    record Done(String done, Shown lane) {
    }

    @GetMapping
    @Operation(summary = "All lanes, by identity and provider", operationId = "listLanes")
    ResponseEntity<Slice<Shown>> list(@RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = Slice.USUAL) int limit) {
        List<String> after = Cursor.parts(cursor, 2);
        List<Line> read = after == null
                ? desk.page("", "", Slice.reading(limit))
                : desk.page(after.getFirst(), after.getLast(), Slice.reading(limit));
        return Slice.of(read, limit, line -> List.of(line.lane().identity(), line.lane().provider()), Shown::of);
    }

    @GetMapping("/{id}")
    @Operation(summary = "One lane with its last 24 hours", operationId = "getLane")
    Full one(@PathVariable int id) {
        Line line = line(id);
        return new Full(Shown.of(line), line.hours().stream()
                .map(hour -> new Hour(hour.hour(), hour.accepted(), hour.deferred(), hour.bounced())).toList());
    }

    @PostMapping("/{id}/actions")
    @Operation(summary = "Hold a lane, let it go, give it back to the rules, or retry now", description = "409 if it is not possible now,"
            + " with the reason.", operationId = "actOnLane")
    Done act(@PathVariable int id, @RequestBody Wanted wanted) {
        line(id);
        String note = Objects.requireNonNullElse(wanted.note(), "");
        Act act = act(Objects.requireNonNullElse(wanted.action(), ""));
        if (note.isBlank() && act != Act.RETRY) {
            throw Refused.field("note", "missing", "write who asked for it, or why");
        }
        try {
            return new Done(desk.act(id, act, note), Shown.of(line(id)));
        } catch (InvalidInput refused) {
            throw Refused.conflict("not_now", String.valueOf(refused.getMessage()));
        }
    }

    private static Act act(String word) {
        for (Act act : Act.values()) {
            if (act.name().toLowerCase(Locale.ROOT).equals(word)) {
                return act;
            }
        }
        throw Refused.field("action", "invalid", "action is '" + word + "'; use open, close, reset or retry");
    }

    private Line line(int id) {
        return desk.find(id).orElseThrow(() -> Refused.unknown("lane " + id));
    }
}
