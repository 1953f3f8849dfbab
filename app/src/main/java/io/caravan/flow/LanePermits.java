package io.caravan.flow;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.caravan.pacing.Grant;
import io.caravan.pacing.Limit;
import io.caravan.pacing.Rates;

/** What the limits of single lanes let go for one claim. What it does not take of a lane is returned to that lane's limits. */
final class LanePermits {

    private record Own(List<Limit> limits, int n) {
    }

    private final Rates rates;
    private final Map<Integer, Own> lanes = new TreeMap<>();

    LanePermits(Rates rates) {
        this.rates = rates;
    }

    Grant take(int lane, List<Limit> limits, long wanted) {
        Grant grant = rates.take(limits, wanted);
        if (grant.permits() > 0) {
            lanes.put(lane, new Own(limits, (int) grant.permits()));
        }
        return grant;
    }

    Map<Integer, Integer> byLane() {
        Map<Integer, Integer> permits = new TreeMap<>();
        lanes.forEach((lane, own) -> permits.put(lane, own.n()));
        return permits;
    }

    /** @param taken by lane */
    void giveBack(Map<Integer, Integer> taken) {
        lanes.forEach((lane, own) -> rates.giveBack(own.limits(), own.n() - taken.getOrDefault(lane, 0)));
    }
}
