package io.caravan.flow;

import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.springframework.stereotype.Component;

import io.caravan.delivery.Outcome;
import io.caravan.delivery.Planned;
import io.caravan.mail.RowState;
import io.caravan.pacing.LaneHours;

/** What belongs to settled rows and is written in their transaction: the lanes' hours and minutes, and whom a hard bounce suppresses. */
@Component
class Bookings {

    private final LaneHours hours;
    private final LaneWatch watch;
    private final HardBounces hardBounces;
    private final LastReplies replies;

    Bookings(LaneHours hours, LaneWatch watch, HardBounces hardBounces, LastReplies replies) {
        this.replies = replies;
        this.hours = hours;
        this.watch = watch;
        this.hardBounces = hardBounces;
    }

    void of(List<Outcome> settled, Function<Outcome, Planned> row) {
        Map<LaneHours.Key, Integer> counts = new HashMap<>();
        for (Outcome outcome : settled) {
            if (outcome.state() != RowState.SUPPRESSED && outcome.state() != RowState.FAILED) {
                counts.merge(
                        new LaneHours.Key(outcome.lane(), outcome.at().truncatedTo(ChronoUnit.HOURS), outcome.state()),
                        1, Integer::sum);
            }
        }
        hours.book(counts);
        watch.book(settled, row);
        hardBounces.suppress(settled, row);
        replies.heard(settled);
    }
}
