package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.mail.Rate;
import io.caravan.mail.RowState;
import io.caravan.pacing.LaneAsks;
import io.caravan.pacing.LaneMinutes;
import io.caravan.pacing.LaneState;
import io.caravan.pacing.LaneStates;
import io.caravan.pacing.Lanes;
import io.caravan.shaping.Slowing;

/** Slows a lane down when its provider asks for it: to half of what it does, once for all answers of the same moment, on all nodes alike. */
@Component
class LaneSlower {

    private static final Set<RowState> ANSWERS = Set.of(RowState.ACCEPTED, RowState.BOUNCED, RowState.DEFERRED);

    /** The share of a lane's answers, in this minute and the last, that must ask for it. */
    private static final double OF_A_PROVIDER = 0.005;
    private static final double OF_THE_TAIL = 0.05;

    /** Mails a second of a lane of which too little is known: half of nothing would be nothing. */
    private static final double LEAST = 1;
    /** Minutes of which the busiest tells how fast a lane goes: a pause, or a run that began in the middle of one, says nothing. */
    private static final int RECENT = 3;
    /** Answers are settled in bulk, so those of a minute that has just begun are counted as of so many seconds. */
    private static final double BEGUN = 5;

    private record Asking(SlowDown words, Instant since) {
        Asking and(Asking later) {
            return new Asking(words.and(later.words), since);
        }

        boolean isOver(Instant now) {
            return since.plus(LaneAsks.COUNTS).isBefore(now) || LaneStates.isOfAnotherTime(since, now);
        }

        LaneAsks.Ask told() {
            return new LaneAsks.Ask(words.times(), words.domains(), since);
        }
    }

    private final Map<Integer, Asking> asking = new HashMap<>();
    private final LaneStates states;
    private final LaneAsks asks;
    private final LaneMinutes minutes;
    private final Lanes lanes;
    private final Sending sending;
    private final Slowing slowing;

    LaneSlower(LaneStates states, LaneAsks asks, LaneMinutes minutes, Lanes lanes, Sending sending,
            Slowing slowing) {
        this.states = states;
        this.asks = asks;
        this.minutes = minutes;
        this.lanes = lanes;
        this.sending = sending;
        this.slowing = slowing;
    }

    /**
     * True if something was slowed. One stray word among thousands of accepted mails is no request of a provider, so each is kept for a
     * minute, until there are enough, all nodes' together.
     *
     * @param asked lanes with the words of their provider, as this node heard them
     */
    boolean slow(Map<Integer, SlowDown> asked, LaneStates.Snapshot all) {
        boolean changed = false;
        asking.values().removeIf(known -> known.isOver(all.now()));
        Map<Integer, LaneAsks.Ask> news = new HashMap<>();
        asked.forEach((lane, words) -> news.put(lane,
                asking.merge(lane, new Asking(words, all.now()), Asking::and).told()));
        asks.tell(news);
        Map<Integer, LaneAsks.Ask> heard = asks.heard(asking.keySet(), all.now());
        for (Map.Entry<Integer, Asking> one : Map.copyOf(asking).entrySet()) {
            int lane = one.getKey();
            LaneState state = all.lanes().get(lane);
            Instant at = state == null ? null : state.pace().at();
            boolean fresh = slowing.isFresh(at, all.now());
            if (!fresh && isEnough(heard.get(lane), lane, all.now())) {
                double share = state == null ? 1 : slowing.now(state.pace().factor(), at, all.now());
                changed |= states.slow(lane, at, slowing.slower(share), base(lane, state, share, all.now()),
                        one.getValue().words().words());
                fresh = true;
            }
            if (fresh) { // also what is still asked of the moment that it was slowed for
                asking.remove(lane);
                asks.forget(lane);
            }
        }
        return changed;
    }

    /** Removes what nodes asked for that stopped before their words were enough. */
    void sweep(Instant now) {
        asks.removeBefore(now.minus(LaneAsks.COUNTS.multipliedBy(2)));
    }

    /** The hosts of the tail have nothing to do with each other: there it takes more, and more than one of them. */
    private boolean isEnough(LaneAsks.@Nullable Ask heard, int lane, Instant now) {
        if (heard == null) {
            return false;
        }
        boolean tail = lanes.provider(lane).equals(Lanes.TAIL);
        LaneMinutes.Counts lately = lately(lane, now);
        long answers = lately == null ? 0 : lately.of(ANSWERS);
        return heard.times() >= answers * (tail ? OF_THE_TAIL : OF_A_PROVIDER)
                && (!tail || heard.domains().size() >= SlowDown.MANY);
    }

    /** Mails a second at full rate: as configured, as it was when it was slowed first, or as it went in the busiest of the last minutes. */
    private double base(int lane, @Nullable LaneState state, double share, Instant now) {
        Rate own = sending.laneRate(lanes.provider(lane));
        if (own != null) {
            return LaneLimits.perSecond(own);
        }
        if (state != null && share < 1) {
            return Math.max(LEAST, state.pace().base());
        }
        Instant from = now.truncatedTo(ChronoUnit.MINUTES).minus(RECENT - 1L, ChronoUnit.MINUTES);
        return minutes.each(lane, ANSWERS, from).entrySet().stream()
                .mapToDouble(minute -> minute.getValue() / seconds(minute.getKey(), now)).reduce(LEAST, Math::max);
    }

    /** How much of a minute is over. */
    private static double seconds(Instant minute, Instant now) {
        return Math.clamp(Duration.between(minute, now).toMillis() / 1000.0, BEGUN, 60);
    }

    /** Null: it has sent nothing in this minute and the last. */
    private LaneMinutes.@Nullable Counts lately(int lane, Instant now) {
        return minutes.byMinute(List.of(lane), lastMinute(now)).get(lane);
    }

    private static Instant lastMinute(Instant now) {
        return now.minus(1, ChronoUnit.MINUTES).truncatedTo(ChronoUnit.MINUTES);
    }
}
