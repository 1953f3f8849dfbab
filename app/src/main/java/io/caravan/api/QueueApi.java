package io.caravan.api;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

import io.caravan.delivery.QueueFilter;
import io.caravan.delivery.QueueHold;
import io.caravan.flow.QueueActs;
import io.caravan.flow.QueueActs.Act;
import io.caravan.flow.QueueActs.Reach;
import io.caravan.flow.QueueDesk;
import io.caravan.flow.QueueDesk.Held;
import io.caravan.flow.QueueDesk.Line;
import io.caravan.flow.QueueDesk.Place;
import io.caravan.mail.RowState;
import io.caravan.pacing.LaneReplies;

/** What waits in running and paused runs, by lane, and what is done to many mails at once. */
@RestController
@RequestMapping("/api/v1/queue")
@Tag(name = "Queue")
class QueueApi {

    private static final int MOST = 200;

    private final QueueDesk desk;
    private final QueueActs acts;

    QueueApi(QueueDesk desk, QueueActs acts) {
        this.desk = desk;
        this.acts = acts;
    }

    /** @param at when it was heard, of whichever run */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "LastReply")
    record Reply(Instant at, String outcome, String host, String reply) {
        static @Nullable Reply of(LaneReplies.@Nullable Reply last) {
            return last == null ? null : new Reply(last.at(), last.outcome().word(), last.host(), last.reply());
        }
    }

    /**
     * A lane of a run.
     *
     * @param provider      * is all small ones
     * @param waiting       never claimed
     * @param underWay      sending, or deferred until the next attempt
     * @param oldestAt      since when the oldest of it waits
     * @param nextAttemptAt of deferred mail
     * @param perSecond     settled lately, by the node that answers
     * @param rate          of the provider, if it has one of its own
     * @param pace          the share of its rate that it uses now; 1: it is not slowed
     * @param held          why nothing of it goes; null: nothing holds it
     * @param heldUntil     when that ends by itself
     * @param byHand        a person holds it
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "QueueLine")
    record Shown(long run, String campaign, int number, int lane, String identity, String provider, long waiting,
            long underWay,
            @Schema(description = "null: more than 400 are deferred in these runs") @Nullable Long deferred,
            Instant oldestAt, @Nullable Instant nextAttemptAt, double perSecond, @Nullable String rate, double pace,
            @Nullable Reply lastReply, @Nullable String held, @Nullable Instant heldUntil, boolean byHand) {
        static Shown of(Line line) {
            Held held = line.held();
            return new Shown(line.run().id().value(), line.campaign(), line.run().number(), line.lane().id(),
                    line.lane().identity(), line.lane().provider(), line.waiting(), line.underWay(), line.deferred(),
                    line.oldest(), line.next(), line.perSecond(),
                    line.limit() == null ? null : line.limit().toString(), line.share(), Reply.of(line.last()),
                    held == null ? null : held.why(), held == null ? null : held.until(), held != null && held.hand());
        }
    }

    /** An order to hold. A field that is null is of no matter. {@code until}: null: until it is released. */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "QueueHold")
    record Order(long id, @Nullable Long run, @Nullable String identity, @Nullable String provider,
            @Nullable String domain, String note, Instant since, @Nullable Instant until) {
        static Order of(QueueHold hold) {
            QueueFilter what = hold.what();
            return new Order(hold.id(), what.run() == 0 ? null : what.run(), some(what.identity()),
                    some(what.provider()), some(what.domain()), hold.note(), hold.since(), hold.until());
        }

        private static @Nullable String some(String text) {
            return text.isEmpty() ? null : text;
        }
    }

    /** @param items all of them, the oldest first */
    @Schema(name = "QueueHolds")
    record Orders(List<Order> items) {
    }

    /**
     * What is to be done, to which mail. A field that is missing is of no matter.
     *
     * @param action   hold, release, retry, cancel
     * @param run      a run's id
     * @param provider of the lane, * for all small ones
     * @param domain   of the recipient
     * @param state    pending or deferred; for retry and cancel
     * @param reason   words in the last reply to deferred mail; for retry and cancel
     * @param note     who asked for it, or why; hold and cancel need it
     * @param until    when a hold ends by itself
     * @param dryRun   says what it would concern, and does nothing
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "QueueAction")
    record Wanted(@Nullable String action, @Nullable Long run, @Nullable String identity, @Nullable String provider,
            @Nullable String domain, @Nullable String state, @Nullable String reason, @Nullable String note,
            @Nullable Instant until, @Nullable Boolean dryRun) {
    }

    /**
     * @param mails      that it was done to; in a dry run, that it would be done to
     * @param passedOver mails in open batches: they are settled first
     * @param holds      for a release those that ended, for a hold the new one; in a dry run those that hold it already
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "QueueActed")
    record Done(String action, boolean dryRun, long mails, long passedOver, List<Order> holds) {
    }

    @GetMapping
    @Operation(summary = "What waits, by run and lane", operationId = "listQueue", description = "The newest run first."
            + " A piece looks at 200 lanes at most, so it may be short, or empty, and yet have a next one.")
    ResponseEntity<Slice<Shown>> list(@RequestParam(required = false) @Nullable Long run,
            @RequestParam(defaultValue = "") String identity, @RequestParam(defaultValue = "") String provider,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = Slice.USUAL) int limit) {
        Slice.reading(limit);
        QueueDesk.Page page = desk.page(new QueueFilter(run == null ? 0 : run, identity, provider, ""), place(cursor),
                Math.min(limit, MOST));
        Place next = page.next();
        return Slice.with(page.lines().stream().map(Shown::of).toList(),
                next == null ? null : List.of(String.valueOf(next.run()), String.valueOf(next.lane())));
    }

    private static @Nullable Place place(@Nullable String cursor) {
        List<String> parts = Cursor.parts(cursor, 2);
        if (parts == null) {
            return null;
        }
        if (Stream.of(0, 1).anyMatch(i -> !parts.get(i).matches("\\d{1," + (i == 0 ? 18 : 10) + "}"))) {
            throw Refused.field("cursor", "invalid", "this cursor was not made by this list; leave it out");
        }
        return new Place(Long.parseLong(parts.getFirst()),
                (int) Math.min(Integer.MAX_VALUE, Long.parseLong(parts.getLast())));
    }

    @GetMapping("/holds")
    @Operation(summary = "All orders to hold", operationId = "listQueueHolds")
    Orders orders() {
        return new Orders(desk.orders().stream().map(Order::of).toList());
    }

    @PostMapping("/actions")
    @Operation(summary = "Hold, release, retry now or cancel mail in bulk", operationId = "actOnQueue", description = "Mail in"
            + " an open batch is never touched; it is counted as passed over. 400 with all that is wrong.")
    Done act(@RequestBody Wanted body) {
        List<Refused.Fault> faults = new ArrayList<>();
        Act act = Act.of(Objects.requireNonNullElse(body.action(), "")).orElse(null);
        RowState state = state(body.state(), faults);
        if (act == null) {
            faults.add(new Refused.Fault("action", "invalid", "use hold, release, retry or cancel"));
        }
        QueueActs.Wanted wanted = new QueueActs.Wanted(act == null ? Act.RETRY : act,
                new QueueFilter(body.run() == null ? 0 : body.run() == 0 ? -1 : body.run(), text(body.identity()),
                        text(body.provider()), QueueActs.domain(text(body.domain()))),
                state, text(body.reason()), text(body.note()), body.until());
        if (act != null) {
            acts.faults(wanted).forEach(fault -> faults
                    .add(new Refused.Fault(fault.field(), "invalid", fault.message())));
        }
        if (!faults.isEmpty()) {
            throw new Refused(HttpStatus.BAD_REQUEST, faults);
        }
        boolean dry = Boolean.TRUE.equals(body.dryRun());
        Reach reach = dry ? acts.reach(wanted) : acts.act(wanted);
        return new Done(wanted.act().word(), dry, reach.mails(), reach.passedOver(),
                reach.orders().stream().map(Order::of).toList());
    }

    private static @Nullable RowState state(@Nullable String word, List<Refused.Fault> faults) {
        if (word == null) {
            return null;
        }
        try {
            return RowState.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            faults.add(new Refused.Fault("state", "invalid", "state is '" + word + "'; use pending or deferred"));
            return null;
        }
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text.strip();
    }
}
