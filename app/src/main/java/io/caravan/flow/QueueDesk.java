package io.caravan.flow;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.QueueFilter;
import io.caravan.delivery.QueueHold;
import io.caravan.delivery.RunCounts;
import io.caravan.delivery.RunLanes;
import io.caravan.delivery.RunLanes.RunLane;
import io.caravan.flow.HandHolds.Orders;
import io.caravan.mail.BreakerState;
import io.caravan.mail.Rate;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;
import io.caravan.pacing.LaneReplies;
import io.caravan.pacing.LaneReplies.Reply;
import io.caravan.pacing.LaneState;
import io.caravan.pacing.LaneStates;
import io.caravan.pacing.Lanes;

/** The queue as it stands, by run and lane, from what is kept beside the ledger's rows: none of them is read. */
@Component
public class QueueDesk {

    /** Lanes that one page looks at, and runs. */
    private static final int LOOKED_AT = 200;
    private static final int RUNS = 20;
    /** Above so many in all, deferred mail is not counted by lane: counting is reading. */
    private static final int FEW = 400;

    /** A place in the queue: the newest run first, a run's lanes by their numbers. */
    public record Place(long run, int lane) {
    }

    /**
     * Why nothing of a lane goes.
     *
     * @param until when it ends by itself; null: nobody knows, or a person ends it
     * @param hand  by a person's order
     */
    public record Held(String why, @Nullable Instant until, boolean hand) {
    }

    /**
     * What waits in a lane of a run.
     *
     * @param waiting   never claimed
     * @param underWay  sending, or deferred until the next attempt
     * @param deferred  of these; null: more than {@value #FEW} are deferred in these runs, and nobody counts them for a page
     * @param oldest    since when the oldest of it waits: all mail of a run is planned at once
     * @param next      the next attempt of deferred mail; null: none is deferred
     * @param perSecond settled lately, by this node
     * @param limit     the rate of its provider; null: it has none of its own
     * @param share     of its rate that it uses; 1: it is not slowed
     * @param last      what its hosts said last, in whichever run
     * @param held      null: nothing holds it
     */
    public record Line(Run run, String campaign, Lanes.Lane lane, long waiting, long underWay,
            @Nullable Long deferred, Instant oldest, @Nullable Instant next, double perSecond, @Nullable Rate limit,
            double share, @Nullable Reply last, @Nullable Held held) {
        public Place place() {
            return new Place(run.id().value(), lane.id());
        }
    }

    /** @param next where to go on; null: these are all */
    public record Page(List<Line> lines, @Nullable Place next) {
    }

    /** What only a running server knows of a lane, since it is configured there. */
    interface Pacing {

        Pacing UNKNOWN = new Pacing() {
            @Override
            public double perSecond(RunId run, int lane) {
                return 0;
            }

            @Override
            public @Nullable Rate limit(String provider) {
                return null;
            }

            @Override
            public double share(LaneState lane, Instant now) {
                return 1;
            }

            @Override
            public boolean stays(Lanes.Lane lane) {
                return false;
            }

            @Override
            public @Nullable Instant until(Lanes.Lane lane, String reason, Instant now) {
                return null;
            }
        };

        double perSecond(RunId run, int lane);

        @Nullable
        Rate limit(String provider);

        double share(LaneState lane, Instant now);

        /** Its mail goes into the built-in mailbox, which no breaker holds. */
        boolean stays(Lanes.Lane lane);

        /** When what holds it, in a node's words, ends by itself. */
        @Nullable
        Instant until(Lanes.Lane lane, String reason, Instant now);
    }

    private record Found(Run run, RunLane of, Lanes.Lane lane) {
    }

    private final Runs runs;
    private final Campaigns campaigns;
    private final RunLanes lanes;
    private final RunCounts counts;
    private final Lanes names;
    private final LaneStates states;
    private final LaneReplies replies;
    private final HandHolds holds;
    private final Pacing pacing;

    QueueDesk(Runs runs, Campaigns campaigns, RunLanes lanes, RunCounts counts, Lanes names, LaneStates states,
            LaneReplies replies, HandHolds holds, Pacing pacing) {
        this.runs = runs;
        this.campaigns = campaigns;
        this.lanes = lanes;
        this.counts = counts;
        this.names = names;
        this.states = states;
        this.replies = replies;
        this.holds = holds;
        this.pacing = pacing;
    }

    /** People's orders in force, the oldest first. */
    public List<QueueHold> orders() {
        return holds.look().all();
    }

    /** The name and number of the run that an order is about. */
    public String runName(long run) {
        return runs.run(new RunId(run))
                .map(one -> campaigns.find(one.campaign()).map(Campaign::name).orElse("?") + ", run " + one.number())
                .orElse("run " + run);
    }

    /**
     * Lanes in which something waits or is under way. A page looks at {@value #LOOKED_AT} lanes at most, so it may be short and yet go on.
     *
     * @param filter its domain is not asked for: lanes are not kept by it
     */
    public Page page(QueueFilter filter, @Nullable Place after, int limit) {
        List<Found> found = new ArrayList<>();
        Place at = null;
        int looked = 0;
        int asked = 0;
        for (Run run : open(filter.run(), after)) {
            if (asked++ == RUNS || looked == LOOKED_AT) {
                return new Page(lines(found), at);
            }
            int from = after != null && run.id().value() == after.run() ? after.lane() : 0;
            List<RunLane> some = lanes.above(run.id(), from, LOOKED_AT - looked);
            looked += some.size();
            for (Found one : named(run, some)) {
                if (isOpen(one.of())
                        && filter.hasLane(run.id().value(), one.lane().identity(), one.lane().provider())) {
                    if (found.size() == limit) {
                        return new Page(lines(found), at);
                    }
                    found.add(one);
                }
                at = new Place(run.id().value(), one.of().lane());
            }
            at = looked == LOOKED_AT ? at : new Place(run.id().value(), Integer.MAX_VALUE);
        }
        return new Page(lines(found), looked == LOOKED_AT ? at : null);
    }

    private List<Run> open(long only, @Nullable Place after) {
        return runs.inState(RunState.RUNNING, RunState.PAUSED).stream()
                .filter(run -> only == 0 || run.id().value() == only)
                .filter(run -> after == null || run.id().value() <= after.run())
                .sorted(Comparator.comparingLong((Run run) -> run.id().value()).reversed()).toList();
    }

    private List<Found> named(Run run, List<RunLane> some) {
        Map<Integer, Lanes.Lane> known = names.of(some.stream().map(RunLane::lane).toList()).stream()
                .collect(Collectors.toMap(Lanes.Lane::id, lane -> lane));
        return some.stream().map(lane -> new Found(run, lane,
                known.getOrDefault(lane.lane(), new Lanes.Lane(lane.lane(), "?", Lanes.TAIL)))).toList();
    }

    private static boolean isOpen(RunLane lane) {
        return lane.waiting() + lane.underWay() > 0;
    }

    private List<Line> lines(List<Found> found) {
        Map<Run, List<Integer>> byRun = new HashMap<>();
        found.forEach(one -> byRun.computeIfAbsent(one.run(), _ -> new ArrayList<>()).add(one.of().lane()));
        Map<Place, Instant> next = new HashMap<>();
        byRun.forEach((run, ids) -> lanes.nextRetry(run.id(), ids)
                .forEach((lane, due) -> next.put(new Place(run.id().value(), lane), due)));
        Map<Place, Long> deferred = deferred(byRun.keySet().stream().map(Run::id).toList());
        Map<Integer, Reply> last = replies.of(found.stream().map(one -> one.of().lane()).distinct().toList());
        LaneStates.Snapshot decided = states.read();
        Orders orders = holds.look();
        Map<io.caravan.mail.CampaignId, String> titles = new HashMap<>();
        return found.stream().map(one -> {
            Place place = new Place(one.run().id().value(), one.of().lane());
            LaneState state = decided.lanes().get(one.of().lane());
            return new Line(one.run(),
                    titles.computeIfAbsent(one.run().campaign(),
                            id -> campaigns.find(id).map(Campaign::name).orElse("?")),
                    one.lane(), one.of().waiting(), one.of().underWay(),
                    deferred == null ? null : deferred.getOrDefault(place, 0L), one.run().openedAt(), next.get(place),
                    pacing.perSecond(one.run().id(), one.of().lane()), pacing.limit(one.lane().provider()),
                    state == null ? 1 : pacing.share(state, decided.now()),
                    last.get(one.of().lane()), held(one, state, orders, decided.now()));
        }).toList();
    }

    private @Nullable Map<Place, Long> deferred(List<RunId> some) {
        Map<RunId, Map<RowState, Long>> all = counts.of(some);
        if (all.values().stream().mapToLong(run -> run.getOrDefault(RowState.DEFERRED, 0L)).sum() > FEW) {
            return null;
        }
        Map<Place, Long> deferred = new HashMap<>();
        for (RunId run : some) {
            Map<Integer, Long> of = lanes.deferred(run, FEW);
            if (of == null) {
                return null;
            }
            of.forEach((lane, n) -> deferred.put(new Place(run.value(), lane), n));
        }
        return deferred;
    }

    /** A person's order first, then the run's pause, the breaker, and whatever a node said last. */
    private @Nullable Held held(Found one, @Nullable LaneState state, Orders orders, Instant now) {
        QueueHold order = orders.of(one.run().id().value(), one.lane().identity(), one.lane().provider());
        if (order != null) {
            return new Held(order.reason(), order.until(), true);
        }
        if (one.run().state() == RunState.PAUSED) {
            return new Held("the run is paused", null, true);
        }
        if (state != null && state.state() == BreakerState.OPEN && !pacing.stays(one.lane())) {
            return new Held("breaker: " + (state.forced() ? "held by hand: " + state.note() : state.why()),
                    state.until(), state.forced());
        }
        String said = one.of().held();
        return said == null || said.startsWith(QueueHold.BY_HAND)
                ? null
                : new Held(said, pacing.until(one.lane(), said, now), false);
    }
}
