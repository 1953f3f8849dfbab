package io.caravan.flow;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.delivery.Claims.Waiting;
import io.caravan.mail.BreakerState;
import io.caravan.mail.Rate;
import io.caravan.pacing.LaneState;
import io.caravan.pacing.Limit;
import io.caravan.shaping.BreakerRule;
import io.caravan.shaping.BreakerRules;
import io.caravan.shaping.Slowing;
import io.caravan.shaping.WarmUp;
import io.caravan.shaping.WarmUps;

/** What holds or limits a single lane: its breaker, its trickle, its rate, how far it was slowed down, its warm-up. */
@Component
class LaneLimits {

    private static final String TRICKLE = "trickle:";
    private static final String WARM_UP = "warmup:";
    private static final String LANE = "lane:";
    /** How the reason begins and, where nothing takes the rest today, ends why a warm-up holds mail. */
    static final String WARMING = "warm-up, day ";
    static final String TOMORROW = "tomorrow and later";
    private static final String BACK = "slowed lately, and back at the rate that it had; faster and faster until nothing limits it: ";

    private final LaneWatch watch;
    private final Sending sending;
    private final BreakerRules rules;
    private final Slowing slowing;
    private final WarmUps warmUps;
    private final InstantSource clock;

    LaneLimits(LaneWatch watch, Sending sending, BreakerRules rules, Slowing slowing, WarmUps warmUps,
            InstantSource clock) {
        this.watch = watch;
        this.sending = sending;
        this.rules = rules;
        this.slowing = slowing;
        this.warmUps = warmUps;
        this.clock = clock;
    }

    /** Why nothing of a lane goes now, {@code breaker: 12.0 % bounced of 430 ...}; null: it may go. */
    @Nullable
    String held(int lane) {
        LaneState state = watch.state(lane);
        if (state == null || watch.breaker(lane) != BreakerState.OPEN) {
            return null;
        }
        return state.forced()
                ? "breaker: held by hand" + (state.note().isEmpty() ? "" : ": " + state.note())
                : "breaker: " + state.why();
    }

    /**
     * Where the mail goes that a warm-up does not take today.
     *
     * @param stays how many are left to the plan until the end of its day
     * @param own   how many the run's own rate lets go by then
     */
    record Overflow(String route, long stays, long own) {

        /**
         * What of a run's rows in the lane does not stay. A slow run keeps no more of the day for itself than it can use.
         *
         * @param staying rows that stay, by lane, of the runs looked at before; these are added
         */
        Waiting rest(Waiting lane, Map<Integer, Long> staying) {
            Waiting rest = lane.after(Math.max(0, stays - staying.getOrDefault(lane.lane(), 0L)));
            staying.merge(lane.lane(), Math.min(own, lane.rows() - rest.rows()), Long::sum);
            return rest;
        }
    }

    /** @param own the rate of the run that asks; null: it has none */
    Optional<Overflow> overflow(String identity, String provider, @Nullable Rate own) {
        Instant now = clock.instant();
        WarmUp plan = warmUps.of(identity, provider).orElse(null);
        String route = plan == null ? null : plan.overflow();
        return plan == null || route == null || plan.rate(now).isEmpty()
                ? Optional.empty()
                : Optional.of(new Overflow(route, plan.left(now), own == null ? Long.MAX_VALUE : plan.left(own, now)));
    }

    /**
     * The limits of a lane alone; all nodes share them, as one row each.
     *
     * @param over the mail goes beside the lane's warm-up
     */
    List<Limit> of(int lane, String route, String identity, String provider, boolean over) {
        Rate own = sending.laneRate(provider);
        if (route.equals(Sending.MAILBOX)) {
            return own == null ? List.of() : List.of(new Limit(LANE + lane, own));
        }
        List<Limit> limits = new ArrayList<>();
        Rate rate = slowed(watch.state(lane), own);
        if (rate != null) {
            limits.add(new Limit(LANE + lane, rate));
        }
        if (watch.breaker(lane) == BreakerState.HALF_OPEN) {
            limits.add(new Limit(TRICKLE + lane, trickle(watch.state(lane))));
        }
        warmUps.of(identity, provider).filter(_ -> !over).flatMap(plan -> plan.rate(clock.instant()))
                .ifPresent(today -> limits.add(new Limit(WARM_UP + lane, today)));
        return limits;
    }

    private @Nullable Rate slowed(@Nullable LaneState state, @Nullable Rate own) {
        if (state == null) {
            return own;
        }
        LaneState.Pace pace = state.pace();
        if (own == null) {
            double share = slowing.beyond(pace.factor(), pace.at(), clock.instant());
            return Double.isInfinite(share) ? null : Slowing.rate(pace.base(), share);
        }
        double share = slowing.now(pace.factor(), pace.at(), clock.instant());
        return share < 1 ? slower(Slowing.rate(perSecond(own), share), own) : own;
    }

    /** A share in whole mails may come to more than the rate that somebody has written, which nothing may exceed. */
    private static Rate slower(Rate share, Rate own) {
        return share.intervalMicros() < own.intervalMicros() ? own : share;
    }

    static double perSecond(Rate rate) {
        return 1e6 / rate.intervalMicros();
    }

    private Rate trickle(@Nullable LaneState state) {
        return (state == null ? Optional.<BreakerRule>empty() : rules.of(state.measure()))
                .or(() -> rules.rules().stream().findFirst()).map(BreakerRule::trickle).orElseThrow();
    }

    /** What a limit of {@link #of} stands for, if it is not a rate that somebody has written. */
    @Nullable
    String why(int lane, Limit limit, String identity, String provider) {
        LaneState state = watch.state(lane);
        if (limit.scope().startsWith(WARM_UP)) {
            Instant now = clock.instant();
            return warmUps.of(identity, provider).map(plan -> WARMING + plan.day(now) + " of "
                    + plan.daily().size() + ": " + limit.rate() + "; the rest goes "
                    + (plan.overflow() == null ? TOMORROW : "by " + plan.overflow())).orElse(null);
        }
        if (state == null) {
            return null;
        }
        if (limit.scope().startsWith(TRICKLE)) {
            return "breaker: a trickle of " + limit.rate() + " finds out whether it is well again; it was held for "
                    + state.why();
        }
        if (!limit.scope().startsWith(LANE)) {
            return null;
        }
        if (slowing.now(state.pace().factor(), state.pace().at(), clock.instant()) < 1) {
            return slowed(state.pace());
        }
        return sending.laneRate(provider) == null ? BACK + state.pace().why() : null;
    }

    /** The same words until it is slowed again, since each change of them is written to the ledger. */
    static String slowed(LaneState.Pace pace) {
        return String.format(Locale.ROOT, "slowed to %.0f %% of its rate, which recovers by itself: %s",
                100 * pace.factor(), pace.why());
    }
}
