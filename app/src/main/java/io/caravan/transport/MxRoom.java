package io.caravan.transport;

import java.util.HashMap;
import java.util.Map;

/**
 * How many connections there may be: so many in all, so many to a provider. Used under its crew's lock.
 *
 * <p>A host that has not answered for a second does not count until it does, so that dead hosts, which take half a minute each to find out,
 * hold up nobody; of such there are at most {@value #MOST_SLOW}. One that answers after all waits for room again.
 */
final class MxRoom {

    private static final int MOST_SLOW = 1000;
    private static final long SLOW_NANOS = 1_000_000_000L;

    private static final class Standing {
        long since;
        boolean dials;
        boolean counts = true;
    }

    private final int most;
    private final Map<MxCourier, Standing> couriers = new HashMap<>();
    private final Map<String, Integer> byProvider = new HashMap<>();
    private int counted;
    private int returning;
    private int slow;

    MxRoom(int most) {
        this.most = most;
    }

    boolean isFull() {
        return counted + returning >= most;
    }

    boolean isFor(MxLane to) {
        return !isFull() && isBelowItsShare(to);
    }

    boolean isBelowItsShare(MxLane to) {
        return byProvider.getOrDefault(to.provider(), 0) < to.destination().provider().connections();
    }

    void take(MxCourier one) {
        couriers.put(one, new Standing());
        counted++;
        byProvider.merge(one.to().provider(), 1, Integer::sum);
    }

    void leave(MxCourier one) {
        Standing standing = couriers.remove(one);
        if (standing == null) {
            return;
        }
        if (standing.counts) {
            counted--;
        } else {
            slow--;
        }
        byProvider.computeIfPresent(one.to().provider(), (_, n) -> n > 1 ? n - 1 : null);
    }

    void calls(MxCourier one, long now) {
        Standing standing = couriers.get(one);
        if (standing != null) {
            standing.dials = true;
            standing.since = now;
        }
    }

    /** Its call is over. True if it was long, and a host has answered: then it comes back, by {@link #returns}. */
    boolean called(MxCourier one, boolean host) {
        Standing standing = couriers.get(one);
        if (standing == null) {
            return false;
        }
        standing.dials = false;
        boolean comesBack = host && !standing.counts;
        returning += comesBack ? 1 : 0;
        return comesBack;
    }

    /** How many wait to come back. */
    int returning() {
        return returning;
    }

    /** False: there is no room for it yet. */
    boolean returns(MxCourier one, boolean inAnyCase) {
        if (counted >= most && !inAnyCase) {
            return false;
        }
        returning--;
        Standing standing = couriers.get(one);
        if (standing != null) {
            standing.counts = true;
            slow--;
            counted++;
        }
        return true;
    }

    /** Those who have called for too long make room. */
    void discountSlow(long now) {
        for (Standing standing : couriers.values()) {
            if (standing.dials && standing.counts && slow < MOST_SLOW && now - standing.since > SLOW_NANOS) {
                standing.counts = false;
                counted--;
                slow++;
            }
        }
    }
}
