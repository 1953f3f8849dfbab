package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.delivery.Waiting;
import io.caravan.mail.BreakerState;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowState;
import io.caravan.pacing.LaneHours;
import io.caravan.pacing.LaneMinutes;
import io.caravan.pacing.LaneReplies;
import io.caravan.pacing.LaneState;
import io.caravan.pacing.LaneStates;
import io.caravan.pacing.Lanes;
import io.caravan.shaping.BreakerRule;
import io.caravan.shaping.BreakerRules;
import io.caravan.shaping.Slowing;

/** The lanes as they stand, for pages and API, and what a person may do about one. */
@Component
public class LaneDesk {

    private static final int HOURS = 24;
    private static final int COUNTED = 200; // twice: a page shows the troubled lanes and the others
    private static final Duration HEALING = Duration.ofHours(1);

    /** How a lane is, in one word. */
    public enum Standing {
        HEALTHY, SLOWING, HELD, TRICKLING, HEALING;

        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** What a person may do. */
    public enum Act {
        /** Hold it until it is reset. */
        OPEN,
        /** Let it go, whatever comes, until it is reset. */
        CLOSE,
        /** Judge it anew from now on, as if nothing had been. */
        RESET,
        /** Let the trickle of an open one begin now, and make deferred mail due. */
        RETRY
    }

    /**
     * A share and what it may be.
     *
     * @param of how many answers it is a share of
     */
    public record Measure(String name, long bad, long of, double threshold, int minimum) {
        public double share() {
            return of == 0 ? 0 : (double) bad / of;
        }
    }

    /** What one hour brought. */
    public record Hour(Instant hour, long accepted, long deferred, long bounced) {
    }

    /**
     * A lane.
     *
     * @param share    of its rate that it uses now; 1: it is not slowed; above 1: it was, and may go so many times as fast as before by now
     * @param state    null: nothing was ever decided of it
     * @param waiting  planned and not claimed, of all runs
     * @param deferred waiting for their next attempt; null: more than {@value #COUNTED} wait in all lanes, and nobody counts them for a page
     * @param hours    the last {@value #HOURS}, oldest first, each of them
     * @param last     what its hosts said last; null: nothing yet
     */
    public record Line(Lanes.Lane lane, Standing standing, double share, @Nullable LaneState state,
            long waiting, @Nullable Long deferred,
            List<Measure> measures, List<Hour> hours, LaneReplies.@Nullable Reply last) {
    }

    private final Lanes lanes;
    private final LaneStates states;
    private final LaneHours hours;
    private final Waiting waiting;
    private final LaneReplies replies;
    private final BreakerRules rules;
    private final Slowing slowing;
    private final Sending sending;
    private final BreakerStep step;

    LaneDesk(Lanes lanes, LaneStates states, LaneHours hours, Waiting waiting, LaneReplies replies,
            BreakerRules rules,
            Slowing slowing, Sending sending, BreakerStep step) {
        this.lanes = lanes;
        this.states = states;
        this.hours = hours;
        this.waiting = waiting;
        this.replies = replies;
        this.rules = rules;
        this.slowing = slowing;
        this.sending = sending;
        this.step = step;
    }

    /** By identity and provider, after such a pair. */
    public List<Line> page(String identity, String provider, int limit) {
        return lines(lanes.page(identity, provider, limit));
    }

    /** Those that are held, tried, slowed, healing or set by hand, at most so many; the held ones first, then the newest. */
    public List<Line> troubled(int most) {
        LaneStates.Snapshot all = states.read();
        Set<Integer> ids = all.lanes().values().stream()
                .filter(lane -> lane.forced() || standing(lane,
                        share(lane, () -> lanes.provider(lane.lane()), all.now()), all.now()) != Standing.HEALTHY)
                .sorted(Comparator.comparing((LaneState lane) -> lane.state() == BreakerState.CLOSED)
                        .thenComparing(LaneState::since, Comparator.reverseOrder()))
                .map(LaneState::lane).limit(most).collect(Collectors.toSet());
        return lines(lanes.of(ids));
    }

    public Optional<Line> find(int lane) {
        return lines(lanes.of(Set.of(lane))).stream().findFirst();
    }

    /** Changes when something is decided of a lane, as far as this node has heard. */
    public int decided() {
        return step.decided();
    }

    /**
     * Does it, and says what was done.
     *
     * @param note who asked for it, or why; kept in the lane's row
     * @throws InvalidInput if it cannot be done now, or the note is missing
     */
    public String act(int lane, Act act, String note) {
        String why = note.strip();
        if (why.isEmpty() && act != Act.RETRY) {
            throw new InvalidInput("write why; the note is kept with the lane");
        }
        String done = switch (act) {
            case OPEN -> {
                states.force(lane, BreakerState.OPEN, why);
                yield "Held: nothing more of this lane is claimed until it is reset or let go.";
            }
            case CLOSE -> {
                states.force(lane, BreakerState.CLOSED, why);
                yield "Let go: this lane is not judged until it is reset.";
            }
            case RESET -> {
                states.reset(lane, why);
                yield "Reset: this lane is judged anew from now on.";
            }
            case RETRY -> retried(lane, why);
        };
        step.applyNow();
        return done;
    }

    private String retried(int lane, String why) {
        boolean tries = states.tryNow(lane, why);
        int due = waiting.dueNow(lane);
        if (!tries && due == 0) {
            throw new InvalidInput(
                    "nothing of this lane waits for its next attempt, and its breaker is not open by itself");
        }
        return (tries ? "The trickle begins now." : "")
                + (due > 0 ? (tries ? " " : "") + due + " deferred mails are due now." : "");
    }

    private List<Line> lines(List<Lanes.Lane> some) {
        Set<Integer> ids = some.stream().map(Lanes.Lane::id).collect(Collectors.toSet());
        LaneStates.Snapshot all = states.read();
        Map<Integer, Long> planned = waiting.unclaimed();
        Map<Integer, Long> later = waiting.deferred(COUNTED);
        Map<Integer, List<Measure>> measures = measures(ids, all);
        Map<Integer, List<Hour>> charts = charts(ids, all.now());
        Map<Integer, LaneReplies.Reply> last = replies.of(ids);
        return some.stream().map(lane -> {
            LaneState state = all.lanes().get(lane.id());
            double share = share(state, lane::provider, all.now());
            return new Line(lane, standing(state, share, all.now()), share, state,
                    planned.getOrDefault(lane.id(), 0L),
                    later == null ? null : later.getOrDefault(lane.id(), 0L),
                    measures.getOrDefault(lane.id(), List.of()),
                    charts.getOrDefault(lane.id(), List.of()), last.get(lane.id()));
        }).toList();
    }

    /** A lane with a rate of its own is back when it has that. */
    private double share(@Nullable LaneState state, Supplier<String> provider, Instant now) {
        double share = state == null ? 1 : slowing.beyond(state.pace().factor(), state.pace().at(), now);
        return share > 1 && (Double.isInfinite(share) || sending.laneRate(provider.get()) != null) ? 1 : share;
    }

    private static Standing standing(@Nullable LaneState state, double share, Instant now) {
        if (state == null) {
            return Standing.HEALTHY;
        }
        return switch (state.state()) {
            case OPEN -> Standing.HELD;
            case HALF_OPEN -> Standing.TRICKLING;
            case CLOSED -> share < 1
                    ? Standing.SLOWING
                    : share > 1
                            || state.why().startsWith(BreakerStep.HEALED) && state.since().isAfter(now.minus(HEALING))
                                    ? Standing.HEALING
                                    : Standing.HEALTHY;
        };
    }

    private Map<Integer, List<Measure>> measures(Collection<Integer> ids, LaneStates.Snapshot all) {
        Map<Integer, List<Measure>> measures = new HashMap<>();
        for (BreakerRule rule : rules.rules()) {
            Map<Integer, LaneMinutes.Counts> counts = step.counts(rule, ids, all);
            for (int lane : ids) {
                LaneMinutes.Counts of = counts.get(lane);
                measures.computeIfAbsent(lane, _ -> new ArrayList<>())
                        .add(new Measure(rule.measure(), of == null ? 0 : of.of(rule.bad()),
                                of == null ? 0 : of.of(rule.of()), rule.threshold(), rule.minimum()));
            }
        }
        return measures;
    }

    private Map<Integer, List<Hour>> charts(Collection<Integer> ids, Instant now) {
        Instant first = now.truncatedTo(ChronoUnit.HOURS).minus(HOURS - 1L, ChronoUnit.HOURS);
        Map<Integer, TreeMap<Instant, Hour>> charts = new HashMap<>();
        for (int lane : ids) {
            TreeMap<Instant, Hour> chart = charts.computeIfAbsent(lane, _ -> new TreeMap<>());
            for (int i = 0; i < HOURS; i++) {
                Instant hour = first.plus(i, ChronoUnit.HOURS);
                chart.put(hour, new Hour(hour, 0, 0, 0));
            }
        }
        for (LaneHours.Hour hour : hours.since(ids, first)) {
            charts.getOrDefault(hour.lane(), new TreeMap<>())
                    .computeIfPresent(hour.hour(), (_, known) -> plus(known, hour.outcome(), hour.n()));
        }
        return charts.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, chart -> List.copyOf(chart.getValue().values())));
    }

    private static Hour plus(Hour known, RowState outcome, long n) {
        return switch (outcome) {
            case ACCEPTED -> new Hour(known.hour(), known.accepted() + n, known.deferred(), known.bounced());
            case DEFERRED -> new Hour(known.hour(), known.accepted(), known.deferred() + n, known.bounced());
            case BOUNCED -> new Hour(known.hour(), known.accepted(), known.deferred(), known.bounced() + n);
            case PENDING, SENDING, COMPLAINED, EXPIRED, SUPPRESSED, FAILED, CANCELLED, IN_DOUBT -> known;
        };
    }
}
