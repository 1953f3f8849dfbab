package io.caravan.flow;

import java.util.List;
import java.util.function.Function;

import org.springframework.stereotype.Component;

import io.caravan.delivery.Outcome;
import io.caravan.delivery.Planned;

/** What belongs to settled rows and is written in their transaction: the lanes' hours and minutes, and whom a hard bounce suppresses. */
@Component
class Bookings {

    private final LaneWatch watch;
    private final HardBounces hardBounces;
    private final LastReplies replies;

    Bookings(LaneWatch watch, HardBounces hardBounces, LastReplies replies) {
        this.replies = replies;
        this.watch = watch;
        this.hardBounces = hardBounces;
    }

    void of(List<Outcome> settled, Function<Outcome, Planned> row) {
        watch.book(settled, row);
        hardBounces.suppress(settled, row);
        replies.heard(settled);
    }
}
