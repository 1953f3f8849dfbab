package io.caravan.flow;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.delivery.QueueHold;
import io.caravan.delivery.QueueHolds;
import io.caravan.delivery.Restraint;

/** People's orders to hold mail, as a round of claims goes by them. One whose time is over is released by whoever finds it. */
@Component
class HandHolds {

    private static final Logger log = LoggerFactory.getLogger(HandHolds.class);

    /** The orders in force at one moment. {@code seen}: the newest of them. */
    record Orders(long seen, List<QueueHold> all) {

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

        /** For claims of a run: the domains that are held in it. An order about a domain is for all providers. */
        Restraint restraint(long run, String identity) {
            Map<String, QueueHold> domains = new HashMap<>();
            all.stream().filter(hold -> !hold.what().domain().isEmpty() && hold.what().hasLane(run, identity, ""))
                    .forEach(hold -> domains.putIfAbsent(hold.what().domain(), hold));
            return new Restraint(seen, domains);
        }
    }

    private final QueueHolds holds;

    HandHolds(QueueHolds holds) {
        this.holds = holds;
    }

    /** One small read. */
    Orders read() {
        List<QueueHold> all = holds.all();
        List<Long> over = all.stream().filter(QueueHold::over).map(QueueHold::id).toList();
        if (!over.isEmpty() && holds.release(over) > 0) {
            log.info("event=queue-hold-over orders={}", over);
        }
        return new Orders(all.stream().mapToLong(QueueHold::id).max().orElse(0),
                all.stream().filter(hold -> !hold.over()).toList());
    }

    /** For pages: the same without releasing anything. */
    Orders look() {
        List<QueueHold> all = holds.all();
        return new Orders(all.stream().mapToLong(QueueHold::id).max().orElse(0),
                all.stream().filter(hold -> !hold.over()).toList());
    }
}
