package io.caravan.flow;

import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.delivery.Outcome;
import io.caravan.delivery.Planned;
import io.caravan.mail.BreakerState;
import io.caravan.mail.EnhancedStatus;
import io.caravan.mail.RowState;
import io.caravan.mail.SmtpReply;
import io.caravan.pacing.LaneMinutes;
import io.caravan.pacing.LaneState;
import io.caravan.pacing.LaneStates;
import io.caravan.shaping.BreakerRule;
import io.caravan.shaping.BreakerRules;
import io.caravan.shaping.LaneBreakers;
import io.caravan.shaping.ReplyKind;

/**
 * What this node hears of lanes and knows of them: books what replies bring, remembers which lanes have to be looked at since something bad
 * came, and holds this node's breakers. A lane on which all is well is looked at by nobody.
 */
@Component
class LaneWatch {

    /** Rounds that a lane is looked at after a bad answer: the answer may be committed after the first. */
    private static final int ROUNDS = 3;
    private static final Set<RowState> BOOKED = Set.of(RowState.ACCEPTED, RowState.BOUNCED, RowState.DEFERRED,
            RowState.COMPLAINED);

    private final Refusals refusals;
    private final LaneMinutes minutes;
    private final LaneStates states;
    private final BreakerRules rules;
    private final LaneBreakers breakers = new LaneBreakers();
    private final Map<Integer, Integer> watched = new ConcurrentHashMap<>();
    private final Map<Integer, String> throttled = new ConcurrentHashMap<>();
    private volatile Map<Integer, LaneState> known = Map.of();

    LaneWatch(Refusals refusals, LaneMinutes minutes, LaneStates states, BreakerRules rules) {
        this.refusals = refusals;
        this.minutes = minutes;
        this.states = states;
        this.rules = rules;
    }

    /** Books settled outcomes, in their transaction. What never met a real host counts for nobody. */
    void book(List<Outcome> settled, Function<Outcome, Planned> row) {
        Map<LaneMinutes.Key, Integer> counts = new HashMap<>();
        Map<Integer, int[]> trials = new HashMap<>();
        for (Outcome outcome : settled) {
            if (BOOKED.contains(outcome.state()) && metAHost(outcome) && says(outcome, row)) {
                counts.merge(new LaneMinutes.Key(outcome.lane(), outcome.at().truncatedTo(ChronoUnit.MINUTES),
                        outcome.state()), 1, Integer::sum);
                if (outcome.state() != RowState.ACCEPTED) {
                    watched.put(outcome.lane(), ROUNDS);
                }
                if (asksToSlowDown(outcome)) {
                    throttled.put(outcome.lane(), outcome.reply());
                }
                trial(outcome, trials);
            }
        }
        minutes.book(counts);
        trials.forEach((lane, n) -> states.tried(lane, n[0], n[1]));
    }

    /**
     * A host ended a session that had worked, and its mail goes over another: no outcome, but it may be the host's way to say that it is too
     * fast. A session that was idle for too long says nothing about speed.
     */
    void turnedAway(int lane, SmtpReply reply) {
        String status = reply.status().map(EnhancedStatus::toString).orElse("");
        if (asksToSlowDown(reply.oneLine(), status) && !wasIdle(reply.oneLine(), status)) {
            throttled.put(lane, reply.oneLine());
        }
    }

    private static boolean wasIdle(String reply, String status) {
        String said = reply.toLowerCase(Locale.ROOT);
        return status.equals("4.4.2") || said.contains("timeout") || said.contains("timed out");
    }

    private static boolean metAHost(Outcome outcome) {
        return !outcome.host().equals(SendStep.SIMULATOR) && !outcome.host().equals(Sending.MAILBOX);
    }

    /** A 421, or a 4.7.Y: how providers say that it is too much or too fast. */
    private static boolean asksToSlowDown(Outcome outcome) {
        return outcome.state() == RowState.DEFERRED && asksToSlowDown(outcome.reply(), outcome.status());
    }

    private static boolean asksToSlowDown(String reply, String status) {
        return reply.startsWith("421") || status.startsWith("4.7.");
    }

    /** A deferral counts if a host said it, and not on principle. */
    private boolean says(Outcome outcome, Function<Outcome, Planned> row) {
        return outcome.state() != RowState.DEFERRED || outcome.reply().startsWith("4")
                && refusals.kind(outcome, row.apply(outcome)).filter(ReplyKind.GREYLIST::equals).isEmpty();
    }

    private void trial(Outcome outcome, Map<Integer, int[]> trials) {
        LaneState lane = known.get(outcome.lane());
        BreakerRule rule = lane == null || lane.state() != BreakerState.HALF_OPEN
                ? null
                : rules.of(lane.measure()).orElse(null);
        if (rule != null && rule.of().contains(outcome.state())) {
            int[] n = trials.computeIfAbsent(outcome.lane(), _ -> new int[2]);
            n[0]++;
            n[1] += rule.bad().contains(outcome.state()) ? 1 : 0;
        }
    }

    /** Lanes that something bad was heard of lately. */
    Set<Integer> toLookAt() {
        Set<Integer> lanes = new HashSet<>(watched.keySet());
        watched.replaceAll((_, left) -> left - 1);
        watched.values().removeIf(left -> left <= 0);
        return lanes;
    }

    /** Lanes whose provider has asked to slow down since this was last called, with its words. */
    Map<Integer, String> toSlowDown() {
        Map<Integer, String> lanes = new HashMap<>(throttled);
        lanes.forEach(throttled::remove);
        return lanes;
    }

    /** Sets this node's breakers from what all share. */
    void set(Map<Integer, LaneState> all) {
        all.values().forEach(lane -> breakers.set(lane.lane(), lane.state()));
        known = Map.copyOf(all);
    }

    BreakerState breaker(int lane) {
        return breakers.state(lane);
    }

    /** What is decided of a lane; null: nothing ever was. */
    @Nullable
    LaneState state(int lane) {
        return known.get(lane);
    }

    Map<Integer, LaneState> known() {
        return known;
    }
}
