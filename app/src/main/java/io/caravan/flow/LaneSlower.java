package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.mail.Rate;
import io.caravan.mail.RowState;
import io.caravan.pacing.LaneMinutes;
import io.caravan.pacing.LaneState;
import io.caravan.pacing.LaneStates;
import io.caravan.pacing.Lanes;
import io.caravan.shaping.Slowing;

/** Slows a lane down when its provider asks for it: to half of what it does, once for all answers of the same moment, on all nodes alike. */
@Component
class LaneSlower {

    private static final Set<RowState> ANSWERS = Set.of(RowState.ACCEPTED, RowState.BOUNCED, RowState.DEFERRED);

    private final LaneStates states;
    private final LaneMinutes minutes;
    private final Lanes lanes;
    private final Sending sending;
    private final Slowing slowing;

    LaneSlower(LaneStates states, LaneMinutes minutes, Lanes lanes, Sending sending, Slowing slowing) {
        this.states = states;
        this.minutes = minutes;
        this.lanes = lanes;
        this.sending = sending;
        this.slowing = slowing;
    }

    /**
     * True if something was slowed.
     *
     * @param asked lanes with the words of their provider
     */
    boolean slow(Map<Integer, String> asked, LaneStates.Snapshot all) {
        boolean changed = false;
        for (Map.Entry<Integer, String> lane : asked.entrySet()) {
            LaneState state = all.lanes().get(lane.getKey());
            Instant at = state == null ? null : state.pace().at();
            if (!slowing.isFresh(at, all.now())) {
                double share = state == null ? 1 : slowing.now(state.pace().factor(), at, all.now());
                changed |= states.slow(lane.getKey(), at, slowing.slower(share),
                        base(lane.getKey(), state, share, all.now()),
                        lane.getValue());
            }
        }
        return changed;
    }

    /** Mails a second at full rate: as configured, as it was when it was slowed first, or as it went lately. */
    private double base(int lane, @Nullable LaneState state, double share, Instant now) {
        Rate own = sending.laneRate(lanes.provider(lane));
        if (own != null) {
            return LaneLimits.perSecond(own);
        }
        if (state != null && share < 1) {
            return state.pace().base();
        }
        Instant from = now.minus(1, ChronoUnit.MINUTES).truncatedTo(ChronoUnit.MINUTES);
        LaneMinutes.Counts lately = minutes.byMinute(List.of(lane), from).get(lane);
        long sent = lately == null ? 0 : lately.of(ANSWERS);
        Instant first = lately == null ? from : lately.first();
        return Math.max(1, sent) / Math.max(1.0, Duration.between(first, now).toMillis() / 1000.0);
    }
}
