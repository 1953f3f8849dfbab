package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.mail.BreakerState;
import io.caravan.pacing.LaneMinutes;
import io.caravan.pacing.LaneMinutes.Counts;
import io.caravan.pacing.LaneState;
import io.caravan.pacing.LaneStates;
import io.caravan.shaping.BreakerRule;
import io.caravan.shaping.BreakerRules;

/**
 * The step {@code breakers.apply}: once a second at most, opens the lanes whose bounces or deferrals have passed a threshold, lets the trickle
 * of those go whose wait is over, closes those that it shows to be well, slows down those that are asked to, takes over what other nodes and people decided, and tells what lanes heard last.
 */
@Component("breakers")
public class BreakerStep {

    private static final Logger log = LoggerFactory.getLogger(BreakerStep.class);
    static final String HEALED = "healed: ";
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration SWEEP = Duration.ofMinutes(1);

    private final LaneWatch watch;
    private final LaneStates states;
    private final LaneMinutes minutes;
    private final BreakerRules rules;
    private final LaneSlower slower;
    private final LastReplies replies;
    private final InstantSource clock;
    private Instant next = Instant.MIN;
    private Instant sweep = Instant.MIN;

    BreakerStep(LaneWatch watch, LaneStates states, LaneMinutes minutes, BreakerRules rules,
            LaneSlower slower, LastReplies replies, InstantSource clock) {
        this.replies = replies;
        this.watch = watch;
        this.states = states;
        this.minutes = minutes;
        this.rules = rules;
        this.slower = slower;
        this.clock = clock;
    }

    public void apply() {
        Instant here = clock.instant();
        if (here.isBefore(next) && !here.plus(EVERY).isBefore(next)) { // further off it is of a clock that has gone back
            return;
        }
        applyNow();
    }

    /** Without waiting for the second to be over: when a person has changed something. */
    synchronized void applyNow() {
        Instant here = clock.instant();
        next = here.plus(EVERY);
        try {
            LaneStates.Snapshot all = states.read();
            boolean slowed = slower.slow(watch.toSlowDown(), all);
            if (decide(all) || slowed) {
                all = states.read();
            }
            watch.set(all.lanes());
            replies.tell();
            if (!here.isBefore(sweep) || here.plus(SWEEP).isBefore(sweep)) {
                minutes.removeBefore(all.now().minus(LaneMinutes.KEPT));
                slower.sweep(all.now());
                sweep = here.plus(SWEEP);
            }
        } catch (RuntimeException e) { // what is known holds on; without the database nothing is claimed anyway
            log.warn("event=breakers-not-read what={}", e.toString());
        }
    }

    int decided() {
        return watch.known().hashCode();
    }

    /** True if something was changed. */
    private boolean decide(LaneStates.Snapshot all) {
        boolean changed = false;
        Set<Integer> closed = new HashSet<>(watch.toLookAt());
        for (LaneState lane : all.lanes().values()) {
            if (lane.forced() || lane.state() != BreakerState.CLOSED) {
                closed.remove(lane.lane());
                changed |= !lane.forced() && move(lane, all.now());
            }
        }
        return judge(closed, all) || changed;
    }

    private boolean move(LaneState lane, Instant now) {
        if (lane.state() == BreakerState.OPEN) {
            Instant until = lane.until();
            return until != null && (!until.isAfter(now) || LaneStates.isOfAnotherTime(lane.since(), now))
                    && states.halfOpen(lane.lane());
        }
        BreakerRule rule = rules.of(lane.measure()).orElse(null);
        if (rule == null) {
            return false;
        }
        int answers = lane.trial().answers();
        int bad = lane.trial().bad();
        return switch (rule.trial(answers, bad)) {
            case OPEN -> false;
            case HEALTHY -> states.close(lane.lane(), HEALED + rule.said(bad, answers) + " in the trickle");
            case BAD -> states.openAgain(lane.lane(), now.plus(rule.pause()), rule.tripsAgain(bad, answers, now));
        };
    }

    /** Closed lanes on which something bad was heard, all at once for each measure. */
    private boolean judge(Set<Integer> lanes, LaneStates.Snapshot all) {
        boolean changed = false;
        Set<Integer> left = new HashSet<>(lanes);
        for (BreakerRule rule : rules.rules()) {
            for (Map.Entry<Integer, Counts> lane : counts(rule, left, all).entrySet()) {
                Counts counts = lane.getValue();
                String why = rule.trips(counts.of(rule.bad()), counts.of(rule.of()), counts.first(), all.now())
                        .orElse(null);
                if (why != null && states.open(lane.getKey(), rule.measure(), all.now().plus(rule.pause()), why)) {
                    log.info("event=lane-held lane={} what=\"{}\"", lane.getKey(), why);
                    left.remove(lane.getKey());
                    changed = true;
                }
            }
        }
        return changed;
    }

    /** Minutes when the window or what counts at all begins within two hours, else hours. */
    Map<Integer, Counts> counts(BreakerRule rule, Collection<Integer> lanes, LaneStates.Snapshot all) {
        Instant begin = all.now().minus(rule.window());
        Instant kept = all.now().minus(LaneMinutes.KEPT);
        Set<Integer> plain = new HashSet<>();
        Map<Integer, Counts> counts = new HashMap<>();
        for (int lane : lanes) {
            Instant healed = countsFrom(all.lanes().get(lane));
            if (healed == null || healed.isBefore(begin) || LaneStates.isOfAnotherTime(healed, all.now())) {
                plain.add(lane);
            } else if (healed.isBefore(kept)) {
                counts.putAll(minutes.byHour(Set.of(lane), after(healed, ChronoUnit.HOURS)));
            } else {
                counts.putAll(minutes.byMinute(Set.of(lane), after(healed, ChronoUnit.MINUTES)));
            }
        }
        counts.putAll(begin.isBefore(kept)
                ? minutes.byHour(plain, begin.truncatedTo(ChronoUnit.HOURS))
                : minutes.byMinute(plain, begin.truncatedTo(ChronoUnit.MINUTES)));
        return counts;
    }

    private static @Nullable Instant countsFrom(@Nullable LaneState lane) {
        return lane == null ? null : lane.countsFrom();
    }

    /** The next full minute or hour: what stands in the one under way is partly from before. */
    private static Instant after(Instant time, ChronoUnit unit) {
        return time.truncatedTo(unit).plus(1, unit);
    }
}
