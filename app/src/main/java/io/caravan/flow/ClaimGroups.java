package io.caravan.flow;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.campaign.Run;
import io.caravan.delivery.BatchReference;
import io.caravan.delivery.Claims.Waiting;
import io.caravan.flow.LaneOutages.Service;
import io.caravan.mail.RunId;
import io.caravan.pacing.Lanes;
import io.caravan.transport.Transport;
import io.caravan.transport.Transport.MxTrouble;

/** Which lanes of a run are claimed together, and how many of their rows may be on the road. */
@Component
class ClaimGroups {

    /**
     * Lanes of one run whose mail goes the same way: one claim takes from all of them.
     *
     * @param road  what its rows on the road are counted under: the route, but a large provider's own mail exchangers by themselves, so that
     *              one that is slow to say no fills no road but its own
     * @param trial its hosts gave no service when they were last tried: one row finds out for all
     * @param over  what a warm-up plan does not take today, on another way
     * @param overdue had no service for as long as a mail is tried: what finds none now has expired
     */
    record Group(String route, String road, boolean trial, boolean over, boolean overdue, List<Waiting> lanes) {

        /** What holds its lanes, or the rest of them, has been told. */
        boolean isToldOf() {
            return trial || over || overdue;
        }

        private String key() {
            return (over ? OVERFLOW : overdue ? OVERDUE : "") + road;
        }

        long rows() {
            return lanes.stream().mapToLong(Waiting::rows).sum();
        }
    }

    private record Turn(RunId run, String group) {
    }

    private static final String OVERFLOW = "over ";
    /** Rows of one lane on the road that all mail exchangers share; fresh ones are claimed when half of them are through. */
    private static final int AMONG_OTHERS = 100;
    /** The part of the memory that a road may have while all roads together have more than is theirs. */
    private static final int ROADS = 4;
    private static final String OVERDUE = "overdue ";
    private static final int REMEMBERED = 10_000;

    private final Sending sending;
    private final InFlight inFlight;
    private final Lanes lanes;
    private final Holds holds;
    private final NodeLife node;
    private final LaneLimits limits;
    private final LaneOutages outages;
    private final RelayRoom relays;
    private final Map<Integer, String> providers = new HashMap<>();
    /** The groups that something was claimed for, in that order, as a number that only grows. */
    private final Map<Turn, Long> turns = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Turn, Long> eldest) {
            return size() > REMEMBERED;
        }
    };
    private long turn;

    ClaimGroups(Sending sending, InFlight inFlight, Lanes lanes, Holds holds, NodeLife node,
            LaneLimits limits, LaneOutages outages, RelayRoom relays) {
        this.sending = sending;
        this.inFlight = inFlight;
        this.lanes = lanes;
        this.holds = holds;
        this.node = node;
        this.limits = limits;
        this.outages = outages;
        this.relays = relays;
    }

    /** The provider that a lane is of. */
    String provider(int lane) {
        return providers.computeIfAbsent(lane, lanes::provider);
    }

    /**
     * Those whose breaker is open wait. So do those whose provider gives no service, so that not all of their rows spend an attempt on it. Each
     * says why, and those beside them go on.
     *
     * <p>The first is the one that was claimed for longest ago: room and permits that get free bit by bit would all be the first's by name.
     *
     * @param staying rows that their warm-up takes today, by lane, of the runs asked for before in this round; these are added
     */
    List<Group> of(Run run, Prepared mailing, List<Waiting> waiting, Map<Integer, Long> staying) {
        Map<String, MxTrouble> troubles = node.mxTroubles();
        Map<String, Group> byRoad = new TreeMap<>();
        for (Waiting lane : waiting) {
            String name = provider(lane.lane());
            String route = sending.laneRoute(mailing.identity(), name);
            String held = route.equals(Sending.MAILBOX) ? null : limits.held(lane.lane());
            if (held != null) {
                holds.tell(run.id(), lane.lane(), held, held);
                continue;
            }
            boolean hosts = route.equals(Transport.MX) && !name.equals(Lanes.TAIL);
            boolean stays = route.equals(Sending.MAILBOX) || overflow(mailing, lane, name, staying, byRoad);
            MxTrouble trouble = hosts ? troubles.get(name) : null;
            if (trouble != null) {
                holds.tell(run.id(), lane.lane(), "down",
                        "the hosts of " + name + " give no service; tried again from time to time");
            }
            Service service = stays
                    ? Service.UNKNOWN
                    : hosts ? service(name, trouble) : relays.service(route);
            boolean overdue = outages.isOverdue(run.id(), lane.lane(), service);
            if (overdue || trouble == null || trouble.trialDue()) {
                boolean alone = trouble != null || hosts && lane.rows() > sending.batch();
                String road = alone ? route + " " + name : route;
                byRoad.computeIfAbsent(overdue ? OVERDUE + road : road, _ -> new Group(route, road,
                        trouble != null && !overdue, false, overdue, new ArrayList<>())).lanes().add(lane);
            }
        }
        return byRoad.values().stream().sorted(Comparator.comparingLong(group -> last(run, group))).toList();
    }

    private long last(Run run, Group group) {
        return turns.getOrDefault(new Turn(run.id(), group.key()), 0L);
    }

    /** Something of the group is on the road now: the others of its run come first. */
    void claimed(Run run, Group group) {
        Turn of = new Turn(run.id(), group.key());
        turns.remove(of); // to the end
        turns.put(of, ++turn);
    }

    private Service service(String provider, @Nullable MxTrouble trouble) {
        return trouble != null ? Service.NONE : node.mxServes(provider) ? Service.GIVEN : Service.UNKNOWN;
    }

    /** Of a lane whose warm-up leaves another way to what today does not take: that, by itself. False: there is no other way. */
    private boolean overflow(Prepared mailing, Waiting lane, String provider, Map<Integer, Long> staying,
            Map<String, Group> byRoad) {
        Optional<LaneLimits.Overflow> other = limits.overflow(mailing.identity().name(), provider,
                mailing.spec().rate());
        other.ifPresent(over -> {
            Waiting rest = over.rest(lane, staying);
            if (rest.rows() > 0) {
                byRoad.computeIfAbsent(OVERFLOW + over.route(),
                        _ -> new Group(over.route(), over.route(), false, true, false, new ArrayList<>())).lanes()
                        .add(rest);
            }
        });
        return other.isPresent();
    }

    /** How many rows of the group may be claimed now, as far as the road goes; 0 where it is not worth a batch. */
    long room(Group group) {
        long on = inFlight.rows(group.road());
        if (group.trial()) {
            return on == 0 ? 1 : 0;
        }
        if (group.lanes().stream().allMatch(lane -> room(group, lane) == 0)) {
            return 0; // before quotas and rates are asked in vain
        }
        long room = Math.min(sending.batch(), mine(group) - on);
        if (group.route().equals(Transport.MX)) {
            room = Math.min(room, fair(on));
        }
        boolean small = room < Math.min(group.rows(), sending.batch() / 4); // only when little is left: a batch costs the same
        return small ? 0 : room;
    }

    /**
     * How many rows of a lane may be claimed now. What shares a road with others takes a part of it, however slow its hosts are, or a few
     * small providers that accept a mail in twenty seconds would be all that the road is full of.
     */
    long room(Group group, Waiting lane) {
        if (!group.road().equals(Transport.MX) || provider(lane.lane()).equals(Lanes.TAIL)) {
            return lane.rows();
        }
        long on = inFlight.rowsOf(lane.lane());
        return on > AMONG_OTHERS / 2 ? 0 : Math.min(lane.rows(), AMONG_OTHERS - on);
    }

    /**
     * True while more rendered mail waits than {@code caravan.batches.memory}, and much of it for this road: the others go on until it is
     * twice as much.
     */
    boolean crowded(Group group) {
        return inFlight.bytes() > sending.memory() && inFlight.bytes(group.road()) > sending.memory() / ROADS;
    }

    /** Whether a batch that another node claimed may come onto this node's road. One that is empty takes any. */
    boolean hasRoom(BatchReference batch) {
        String road = batch.road();
        long on = inFlight.rows(road);
        boolean byMx = road.startsWith(Transport.MX);
        return on == 0 || on + batch.size() <= (byMx && !road.equals(Transport.MX) ? lane() : sending.road())
                && (!byMx || inFlight.rowsBeginning(Transport.MX) + batch.size() <= allMx());
    }

    /**
     * Of the room that all mail exchangers share a road never holds more than it leaves free for the others, of other runs too, so that those
     * that are slow to empty do not fill it: dynamic thresholds, Choudhury and Hahne, IEEE/ACM Trans. Networking 6 (1998).
     */
    private long fair(long on) {
        return (allMx() - inFlight.rowsBeginning(Transport.MX) - on) / 2;
    }

    private long mine(Group group) {
        return group.road().equals(group.route()) ? sending.road() : lane();
    }

    private long lane() {
        return sending.batch() + 100L;
    }

    private long allMx() {
        return NodeSettings.MX_ROADS * (long) sending.road();
    }
}
