package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.delivery.Ledger;
import io.caravan.mail.RunId;

/**
 * What is not claimed now, and why: told to the ledger when it changes, so that every page and verb can say it. What stands there is read now
 * and then: it may be of before a restart, and other nodes tell it too.
 */
@Component
class Holds {

    private static final Duration LOOK = Duration.ofMinutes(1);
    /** The kind of what this node has not told itself. */
    private static final String ANOTHERS = "";

    private record Until(Instant time, String reason) {
    }

    private record Lane(long run, int lane) {
    }

    private final Map<Long, Until> runs = new ConcurrentHashMap<>();

    private record Told(String kind, String reason) {
    }

    private final Map<Lane, Told> told = new ConcurrentHashMap<>();
    private final Map<Long, Instant> looked = new ConcurrentHashMap<>();
    private final Ledger ledger;
    private final InstantSource clock;

    Holds(Ledger ledger, InstantSource clock) {
        this.ledger = ledger;
        this.clock = clock;
    }

    /** Nothing of this run is claimed by this node before then. */
    void run(long run, Instant until, String reason) {
        runs.put(run, new Until(until, reason + " (until " + until.truncatedTo(ChronoUnit.SECONDS) + ")"));
    }

    /** Why nothing of this run is to be claimed now, null if it may. */
    @Nullable
    String run(long run) {
        Until until = runs.get(run);
        if (until != null && !clock.instant().isBefore(until.time())) {
            runs.remove(run, until);
            return null;
        }
        return until == null ? null : until.reason();
    }

    /** Says in the ledger what holds a lane, null for nothing; writes only what has changed in kind, not each new time. */
    void tell(RunId run, int lane, @Nullable String kind, @Nullable String reason) {
        look(run);
        Lane key = new Lane(run.value(), lane);
        Told known = told.get(key);
        if (kind == null || reason == null) {
            if (known != null) {
                ledger.hold(run, lane, null);
                told.remove(key);
            }
            return;
        }
        if (known == null || !known.kind().equals(kind)) {
            Told now = new Told(kind, Ledger.cut(reason));
            if (known == null || !known.kind().equals(ANOTHERS) || !known.reason().equals(now.reason())) {
                ledger.hold(run, lane, reason);
            }
            told.put(key, now);
        }
    }

    /** One statement a minute and run, however many its lanes: then another's word, or one that another took away, is known. */
    private void look(RunId run) {
        Instant now = clock.instant();
        Instant last = looked.get(run.value());
        if (last != null && !now.isBefore(last) && now.isBefore(last.plus(LOOK))) {
            return;
        }
        Map<Integer, String> stand = ledger.heldLanes(run);
        told.entrySet().removeIf(one -> one.getKey().run() == run.value()
                && !one.getValue().reason().equals(stand.get(one.getKey().lane())));
        stand.forEach((lane, reason) -> told.putIfAbsent(new Lane(run.value(), lane), new Told(ANOTHERS, reason)));
        looked.put(run.value(), now);
    }

    void forget(RunId run) {
        told.keySet().removeIf(lane -> lane.run() == run.value());
        looked.remove(run.value());
        runs.remove(run.value());
        ledger.release(run);
    }
}
