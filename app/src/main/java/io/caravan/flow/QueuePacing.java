package io.caravan.flow;

import java.time.Instant;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.mail.Rate;
import io.caravan.mail.RunId;
import io.caravan.pacing.LaneState;
import io.caravan.pacing.Lanes.Lane;
import io.caravan.shaping.DailyQuota;
import io.caravan.shaping.Slowing;
import io.caravan.shaping.WarmUps;

/** What a running server adds to the queue's lines: how fast a lane goes and may go, and when what holds it ends. */
@Component
class QueuePacing implements QueueDesk.Pacing {

    private final Sending sending;
    private final Speed speed;
    private final Slowing slowing;
    private final WarmUps warmUps;

    QueuePacing(Sending sending, Speed speed, Slowing slowing, WarmUps warmUps) {
        this.sending = sending;
        this.speed = speed;
        this.slowing = slowing;
        this.warmUps = warmUps;
    }

    @Override
    public double perSecond(RunId run, int lane) {
        return speed.perSecond(run, lane);
    }

    @Override
    public @Nullable Rate limit(String provider) {
        return sending.laneRate(provider);
    }

    @Override
    public double share(LaneState lane, Instant now) {
        return slowing.now(lane.pace().factor(), lane.pace().at(), now);
    }

    @Override
    public boolean stays(Lane lane) {
        return sending.laneRoute(sending.named(lane.identity()), lane.provider()).equals(Sending.MAILBOX);
    }

    /** A day's quota ends with its day; so does what a warm-up takes of a lane's mail, and the next day takes more. */
    @Override
    public @Nullable Instant until(Lane lane, String reason, Instant now) {
        if (reason.startsWith(QuotaRoom.WHY)) {
            DailyQuota quota = sending.named(lane.identity()).quota();
            return quota == null ? null : quota.end(quota.day(now));
        }
        boolean waits = reason.startsWith(LaneLimits.WARMING) && reason.endsWith(LaneLimits.TOMORROW);
        return !waits ? null : warmUps.of(lane.identity(), lane.provider()).map(plan -> plan.next(now)).orElse(null);
    }
}
