package io.caravan.flow;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.delivery.QueueHold;
import io.caravan.delivery.QueueHolds;
import io.caravan.delivery.Restraint;
import io.caravan.pacing.Lanes;

/** People's orders to hold mail, as a round of claims goes by them. One whose time is over holds nothing more, and is released beside the claims. */
@Component
class HandHolds {

    private static final Logger log = LoggerFactory.getLogger(HandHolds.class);

    /**
     * The orders in force at one moment.
     *
     * @param known the ids of all that were read, those whose time is over, too
     * @param lanes by order, for those about a domain at one provider: its lanes
     */
    record Orders(Set<Long> known, List<QueueHold> all, Map<Long, Set<Integer>> lanes) {

        /** What holds a whole lane of a run, whatever the domain; null: nothing does. */
        @Nullable
        QueueHold of(long run, String identity, String provider) {
            return all.stream().filter(
                    hold -> hold.what().domain().isEmpty() && hold.what().hasLane(run, identity, provider))
                    .findFirst().orElse(null);
        }

        /** What holds a single mail, by its lane or its domain; null: nothing does. */
        @Nullable
        QueueHold of(long run, String identity, String provider, String domain) {
            return all.stream().filter(hold -> hold.what().hasLane(run, identity, provider)
                    && (hold.what().domain().isEmpty() || hold.what().domain().equals(domain)))
                    .findFirst().orElse(null);
        }

        /** For claims of a run: the domains that are held in it. */
        Restraint restraint(long run, String identity) {
            return new Restraint(known, all.stream()
                    .filter(hold -> !hold.what().domain().isEmpty()
                            && hold.what().hasLane(run, identity, hold.what().provider()))
                    .map(hold -> new Restraint.OfDomain(hold, lanes.get(hold.id()))).toList());
        }
    }

    private final QueueHolds holds;
    private final Lanes names;
    private final AtomicBoolean releasing = new AtomicBoolean();

    HandHolds(QueueHolds holds, Lanes names) {
        this.holds = holds;
        this.names = names;
    }

    /** One small read, and one more for each order about a domain at one provider. What is over is released meanwhile: no claim waits for it. */
    Orders read() {
        List<QueueHold> all = holds.all();
        if (all.stream().anyMatch(QueueHold::over) && releasing.compareAndSet(false, true)) {
            Thread.ofVirtual().name("queue-hold-release").start(this::releaseOver);
        }
        return orders(all);
    }

    private void releaseOver() {
        try {
            List<Long> over = holds.releaseOver();
            if (!over.isEmpty()) {
                log.info("event=queue-hold-over orders={}", over);
            }
        } catch (RuntimeException later) { // the next round of claims asks again
            log.warn("event=queue-hold-not-released what={}", later.toString());
        } finally {
            releasing.set(false);
        }
    }

    /** For pages: the same without releasing anything. */
    Orders look() {
        List<QueueHold> all = holds.all();
        return orders(all);
    }

    private Orders orders(List<QueueHold> all) {
        List<QueueHold> inForce = all.stream().filter(hold -> !hold.over()).toList();
        Map<Long, Set<Integer>> lanes = new HashMap<>();
        inForce.stream().filter(hold -> !hold.what().domain().isEmpty() && !hold.what().provider().isEmpty())
                .forEach(hold -> lanes.put(hold.id(),
                        names.matching(hold.what().identity(), hold.what().provider())));
        return new Orders(all.stream().map(QueueHold::id).collect(Collectors.toSet()), inForce, lanes);
    }
}
