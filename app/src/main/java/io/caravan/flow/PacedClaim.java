package io.caravan.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.campaign.Run;
import io.caravan.delivery.BatchReference;
import io.caravan.delivery.Claims;
import io.caravan.delivery.Claims.Claimed;
import io.caravan.delivery.Claims.Waiting;
import io.caravan.delivery.Restraint;
import io.caravan.flow.ClaimGroups.Group;
import io.caravan.mail.Rate;
import io.caravan.pacing.Grant;
import io.caravan.pacing.Limit;
import io.caravan.pacing.Rates;

/** One claim: as many rows of a group's lanes as its road, the day's quota and every rate let go. What waits is told why. */
@Component
class PacedClaim {

    private final Claims claims;
    private final Rates rates;
    private final ClaimGroups groups;
    private final Sending sending;
    private final InFlight inFlight;
    private final Holds holds;
    private final RelayRoom relayRoom;
    private final NodeLife node;
    private final QuotaRoom quotas;
    private final LaneLimits laneLimits;
    private final Seam seam;

    PacedClaim(Claims claims, Rates rates, ClaimGroups groups, Sending sending, InFlight inFlight, Holds holds,
            RelayRoom relayRoom, NodeLife node, QuotaRoom quotas, LaneLimits laneLimits, Seam seam) {
        this.claims = claims;
        this.rates = rates;
        this.groups = groups;
        this.sending = sending;
        this.inFlight = inFlight;
        this.holds = holds;
        this.relayRoom = relayRoom;
        this.node = node;
        this.quotas = quotas;
        this.laneLimits = laneLimits;
        this.seam = seam;
    }

    /**
     * Claims of one group what its road, quotas and rates let go.
     *
     * @return empty: nothing may go now, or another node was faster
     */
    Optional<BatchReference> claim(Run run, Prepared mailing, Group group, Restraint restraint) {
        long room = groups.room(group);
        if (room <= 0) {
            return Optional.empty();
        }
        if (groups.crowded(group)) {
            hold(run, group, "memory", "rendered mail waits for the connections of " + group.road()
                    + " (caravan.batches.memory)");
            return Optional.empty();
        }
        long open = group.overdue() ? room : relayRoom.of(group.route());
        if (open == 0) {
            hold(run, group, "down", RelayRoom.down(group.route()));
            return Optional.empty();
        }
        QuotaRoom.Taken quota = quotas.take(mailing.identity(), group.route(),
                Math.min(Math.min(room, open), group.rows()));
        if (quota.n() == 0) {
            hold(run, group, QuotaRoom.why(quota), QuotaRoom.why(quota));
            return Optional.empty();
        }
        Optional<Claimed> batch = Optional.empty();
        try {
            batch = claim(run, mailing, group, restraint, quota.n());
        } finally { // whatever stopped it: what no batch has is not used up
            quotas.giveBack(quota, quota.n() - batch.map(of -> of.batch().size()).orElse(0));
        }
        batch.ifPresent(_ -> groups.claimed(run, group));
        batch.ifPresent(of -> inFlight.claimed(of.batch(), group.road(), of.lanes(), quota, group.overdue())); // last: if a return fails, it is a stray
        return batch.map(Claimed::batch);
    }

    private Optional<Claimed> claim(Run run, Prepared mailing, Group group, Restraint restraint, long most) {
        List<Limit> common = common(run, mailing, group.route());
        Grant grant = rates.take(common, most);
        if (grant.permits() == 0) {
            group.lanes().forEach(lane -> tell(run, mailing, group, lane, grant.tightest()));
            return Optional.empty();
        }
        LanePermits permits = new LanePermits(rates);
        Optional<Claimed> claimed = Optional.empty();
        try {
            long left = grant.permits();
            for (Waiting lane : group.lanes()) {
                left -= permits(run, mailing, group, lane, left, grant.tightest(), permits);
            }
            claimed = take(run, permits.byLane(), restraint);
        } finally {
            permits.giveBack(claimed.map(Claimed::lanes).orElse(Map.of()));
            rates.giveBack(common, grant.permits() - claimed.map(of -> of.batch().size()).orElse(0));
        }
        return claimed.map(of -> new Claimed(of.batch().on(group.road()).by(group.over() ? group.route() : ""),
                of.lanes()));
    }

    private Optional<Claimed> take(Run run, Map<Integer, Integer> permits, Restraint restraint) {
        return seam.isLocal()
                ? claims.claim(run.id(), node.node().id(), node.node().epoch(), permits, restraint)
                : claims.claimForTaking(run.id(), node.node().id(), node.node().epoch(), permits, restraint);
    }

    private void hold(Run run, Group group, String kind, String why) {
        if (group.isToldOf()) {
            return;
        }
        group.lanes().forEach(lane -> holds.tell(run.id(), lane.lane(), kind, why));
    }

    /** What a lane's own rate lets go of what the others left. The rest of the lane waits for the limit that cut it. */
    private long permits(Run run, Prepared mailing, Group group, Waiting lane, long left, @Nullable Limit common,
            LanePermits permits) {
        long wanted = Math.min(left, groups.room(group, lane));
        if (wanted == 0 && left > 0) {
            return 0; // enough of it is on its way
        }
        Grant own = permits.take(lane.lane(), laneLimits.of(lane.lane(), group.route(), mailing.identity().name(),
                groups.provider(lane.lane()), group.over()), wanted);
        tell(run, mailing, group, lane,
                own.permits() == lane.rows() ? null : own.tightest() != null ? own.tightest() : common);
        return own.permits();
    }

    /** Says which rate holds a lane, by a name that its owner knows: campaigns and lanes have numbers in their scopes. */
    private void tell(Run run, Prepared mailing, Group group, Waiting lane, @Nullable Limit limit) {
        if (group.isToldOf()) {
            return;
        }
        if (limit == null) {
            holds.tell(run.id(), lane.lane(), null, null);
            return;
        }
        String scope = limit.scope();
        String of = laneLimits.why(lane.lane(), limit, mailing.identity().name(), groups.provider(lane.lane()));
        if (of != null) {
            holds.tell(run.id(), lane.lane(), of, of);
            return;
        }
        String known = scope.startsWith("campaign:")
                ? "campaign:" + mailing.spec().name()
                : scope.startsWith("lane:") ? "provider:" + groups.provider(lane.lane()) : scope;
        holds.tell(run.id(), lane.lane(), scope, "paced: " + known + " " + limit.rate());
    }

    private List<Limit> common(Run run, Prepared mailing, String route) {
        List<Limit> limits = new ArrayList<>();
        add(limits, "overall", sending.overall());
        add(limits, "campaign:" + run.campaign(), mailing.spec().rate());
        add(limits, "identity:" + mailing.identity().name(), mailing.identity().rate());
        relayRoom.shares(route).forEach((relay, share) -> {
            Rate rate = sending.relayRates().get(relay);
            if (rate != null) {
                limits.add(new Limit("relay:" + relay, rate, share));
            }
        });
        return limits;
    }

    private static void add(List<Limit> limits, String scope, @Nullable Rate rate) {
        if (rate != null) {
            limits.add(new Limit(scope, rate));
        }
    }
}
