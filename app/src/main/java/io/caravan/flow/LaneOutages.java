package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.delivery.Outages;
import io.caravan.mail.RunId;
import io.caravan.shaping.RetrySchedule;

/**
 * For how long the mail of a run's lane could have gone, had its provider's hosts or a relay of its route given service. While they give none
 * one mail at a time tries for all, so most would never be tried, nor expire: their time is counted here. It begins when a claim first finds it
 * so, and anew when none has looked for a while, so that a pause or an order to hold is nobody's outage.
 */
@Component
class LaneOutages {

    /** What is known of those that take a lane's mail. */
    enum Service {
        GIVEN,
        /** Tried a short time ago, in vain. */
        NONE,
        /** Nobody has tried lately, as after a restart. */
        UNKNOWN
    }

    private static final Duration LONGEST_GAP = Duration.ofHours(1);
    private static final Duration LONGEST_LOOK = Duration.ofMinutes(1);

    private record Key(RunId run, int lane) {
    }

    private record Known(Instant since, Instant seen) {
    }

    private final Outages outages;
    private final Seam seam;
    private final InstantSource clock;
    private final Duration expire;
    private final Duration gap;
    private final Duration look;
    private final Map<Key, Known> known = new HashMap<>(); // the pump's alone
    private @Nullable Instant looked;

    LaneOutages(Outages outages, RetrySchedule schedule, Seam seam, InstantSource clock) {
        this.seam = seam;
        this.outages = outages;
        this.clock = clock;
        expire = schedule.expire();
        gap = shorter(expire.dividedBy(4), LONGEST_GAP);
        look = shorter(gap.dividedBy(4), LONGEST_LOOK);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** True if a lane that has mail to go has had no service for as long as a mail is tried. A statement a minute, and one more while it has none. */
    boolean isOverdue(RunId run, int lane, Service service) {
        if (!seam.isLocal()) {
            return false; // what takes the mail is known where it is sent, and not here
        }
        Instant now = clock.instant();
        if (due(looked, now)) {
            known.clear();
            outages.all().forEach(
                    one -> known.put(new Key(one.run(), one.lane()), new Known(one.since(), one.seen())));
            looked = now;
        }
        Key key = new Key(run, lane);
        return switch (service) {
            case NONE -> !now.isBefore(since(key, now).plus(expire));
            case GIVEN -> {
                if (known.remove(key) != null) {
                    outages.over(run, lane);
                }
                yield false;
            }
            case UNKNOWN -> false;
        };
    }

    private Instant since(Key key, Instant now) {
        Known before = known.get(key);
        Instant over = now.minus(gap);
        Instant since = before == null || before.seen().isBefore(over) ? now : before.since();
        if (before == null || due(before.seen(), now)) {
            outages.seen(key.run(), key.lane(), now, over);
            known.put(key, new Known(since, now));
        }
        return since;
    }

    /** A clock that was set back delays nothing. */
    private boolean due(@Nullable Instant last, Instant now) {
        return last == null || now.isBefore(last) || !now.isBefore(last.plus(look));
    }
}
