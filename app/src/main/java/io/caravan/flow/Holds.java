package io.caravan.flow;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.delivery.Ledger;
import io.caravan.mail.RunId;

/** What is not claimed now, and why: told to the ledger when it changes, so that every page and verb can say it. */
@Component
class Holds {

    private record Until(Instant time, String reason) {
    }

    private record Lane(long run, int lane) {
    }

    private final Map<Long, Until> runs = new ConcurrentHashMap<>();
    private final Map<Lane, String> told = new ConcurrentHashMap<>();
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
        Lane key = new Lane(run.value(), lane);
        if (!Objects.equals(told.get(key), kind)) {
            ledger.hold(run, lane, reason);
            if (kind == null) {
                told.remove(key);
            } else {
                told.put(key, kind);
            }
        }
    }

    void forget(RunId run) {
        told.keySet().removeIf(lane -> lane.run() == run.value());
        runs.remove(run.value());
        ledger.release(run);
    }
}
