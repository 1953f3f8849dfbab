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
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.delivery.Outcome;
import io.caravan.delivery.Planned;
import io.caravan.mail.BreakerState;
import io.caravan.mail.EnhancedStatus;
import io.caravan.mail.RowState;
import io.caravan.mail.SmtpReply;
import io.caravan.pacing.LaneHours;
import io.caravan.pacing.LaneMinutes;
import io.caravan.pacing.LaneState;
import io.caravan.pacing.LaneStates;
import io.caravan.pacing.Lanes;
import io.caravan.shaping.BreakerRule;
import io.caravan.shaping.BreakerRules;
import io.caravan.shaping.Fault;
import io.caravan.shaping.LaneBreakers;
import io.caravan.shaping.ReplyKind;
import io.caravan.shaping.ReplyRules.Judged;

/**
 * What this node hears of lanes and knows of them: books what replies bring, remembers which lanes have to be looked at since something bad
 * came, and holds this node's breakers. A lane on which all is well is looked at by nobody.
 */
@Component
class LaneWatch {

    /** Rounds that a lane is looked at after a bad answer: the answer may be committed after the first. */
    private static final int ROUNDS = 3;
    /** A count for one connection, which going slower does not change. */
    private static final Pattern OF_THE_SESSION = Pattern
            .compile("\\b(messages?|mails?|e-?mails?|transactions?|recipients?)\\b.{0,30}"
                    + "\\b(per|in|for|on|of|during|over) ((this|one|a|an|the|each|single|same|your|smtp) )*(connection|session)\\b");
    private static final Pattern OF_TIME = Pattern.compile("\\b(rate|second|minute|hour|day)\\b");
    private static final Set<ReplyKind> NO_MATTER_OF_SPEED = Set.of(ReplyKind.AUTH, ReplyKind.BLOCKED,
            ReplyKind.GREYLIST);
    private static final Set<RowState> BOOKED = Set.of(RowState.ACCEPTED, RowState.BOUNCED, RowState.DEFERRED,
            RowState.COMPLAINED);

    private final Refusals refusals;
    private final LaneHours hours;
    private final LaneMinutes minutes;
    private final LaneStates states;
    private final BreakerRules rules;
    private final TailDeferrals tail;
    private final LaneBreakers breakers = new LaneBreakers();
    private final Map<Integer, Integer> watched = new ConcurrentHashMap<>();
    private final Map<Integer, SlowDown> throttled = new ConcurrentHashMap<>();
    private volatile Map<Integer, LaneState> known = Map.of();

    LaneWatch(Refusals refusals, LaneHours hours, LaneMinutes minutes, LaneStates states, Lanes lanes,
            BreakerRules rules) {
        this.refusals = refusals;
        this.hours = hours;
        this.minutes = minutes;
        this.states = states;
        this.rules = rules;
        tail = new TailDeferrals(lanes);
    }

    /** Books settled outcomes, in their transaction. What no real host said counts for nobody, in the hours as in the minutes. */
    void book(List<Outcome> settled, Function<Outcome, Planned> row) {
        Map<LaneHours.Key, Integer> byHour = new HashMap<>();
        Map<LaneMinutes.Key, Integer> byMinute = new HashMap<>();
        Map<Integer, int[]> trials = new HashMap<>();
        for (Outcome outcome : settled) {
            RowState answer = answer(outcome);
            Judged judged = answer == RowState.DEFERRED
                    ? refusals.judged(outcome, row.apply(outcome)).orElse(null)
                    : null;
            if (BOOKED.contains(answer) && metAHost(outcome) && says(answer, outcome, judged)
                    && (answer != RowState.DEFERRED || tail.count(outcome, row.apply(outcome)))) {
                byHour.merge(new LaneHours.Key(outcome.lane(), outcome.at().truncatedTo(ChronoUnit.HOURS), answer), 1,
                        Integer::sum);
                byMinute.merge(new LaneMinutes.Key(outcome.lane(), outcome.at().truncatedTo(ChronoUnit.MINUTES),
                        answer), 1, Integer::sum);
                if (answer != RowState.ACCEPTED) {
                    watched.put(outcome.lane(), ROUNDS);
                }
                if (answer == RowState.DEFERRED && asksToSlowDown(outcome.reply(), outcome.status(), judged)) {
                    asked(row.apply(outcome), outcome.reply());
                }
                trial(outcome.lane(), answer, trials);
            }
        }
        hours.book(byHour);
        minutes.book(byMinute);
        trials.forEach((lane, n) -> states.tried(lane, n[0], n[1]));
    }

    /**
     * A host ended a session that had worked, and its mail goes over another: no outcome, but it may be the host's way to say that it is too
     * fast. A session that was idle for too long, or has had as many mails as the host takes in one, says nothing about speed.
     */
    void turnedAway(Planned row, SmtpReply reply) {
        String status = reply.status().map(EnhancedStatus::toString).orElse("");
        Judged judged = refusals.judged(reply, row).orElse(null);
        if (asksToSlowDown(reply.oneLine(), status, judged) && !wasIdle(reply.oneLine(), status, judged)) {
            asked(row, reply.oneLine());
        }
    }

    /** See {@link Refusals#refusesToRelay}. */
    boolean refusesToRelay(SmtpReply reply) {
        return refusals.refusesToRelay(reply);
    }

    private void asked(Planned row, String words) {
        throttled.merge(row.lane(), SlowDown.of(TailDeferrals.domain(row), words), SlowDown::and);
    }

    /** Exchange ends a session with 4.4.2 (RFC 3463: bad connection) also when its words are of a rate. */
    private static boolean wasIdle(String reply, String status, @Nullable Judged judged) {
        String said = reply.toLowerCase(Locale.ROOT);
        return status.equals("4.4.2") && (judged == null || judged.kind() != ReplyKind.THROTTLE)
                || said.contains("timeout") || said.contains("timed out");
    }

    private static boolean metAHost(Outcome outcome) {
        return !outcome.host().equals(SendStep.SIMULATOR) && !outcome.host().equals(Sending.MAILBOX);
    }

    /**
     * A rule says so, or it is a 421 or a 4.7.Y, which is how providers say that it is too much or too fast. Not if a rule knows that it is about
     * who we are or on principle; nor is 4.2.Y, which is about one mailbox.
     */
    private static boolean asksToSlowDown(String reply, String status, @Nullable Judged judged) {
        boolean asks = judged != null && judged.kind() == ReplyKind.THROTTLE
                ? !status.startsWith("4.2.")
                : (reply.startsWith("421") || status.startsWith("4.7."))
                        && (judged == null || !NO_MATTER_OF_SPEED.contains(judged.kind()));
        return asks && !isOfTheSession(reply);
    }

    private static boolean isOfTheSession(String reply) {
        String said = reply.toLowerCase(Locale.ROOT);
        return OF_THE_SESSION.matcher(said).find() && !OF_TIME.matcher(said).find();
    }

    /** What the host said: also of a row for which it was one deferral too many. */
    private static RowState answer(Outcome outcome) {
        return outcome.state() == RowState.EXPIRED ? RowState.DEFERRED : outcome.state();
    }

    /**
     * A bounce counts if a host said it: domains that do not exist, and mail that we would not offer, tell nothing of a provider. So does a
     * deferral, if it was not on principle, nor the recipient's own fault: full mailboxes are all that is left of a run whose other mail is out.
     * A 5xx that only deferred is a host's word about us, at the greeting or EHLO as a rule, whatever its words seem to say of a recipient; a
     * relay's that it does not relay for us is no provider's.
     */
    private boolean says(RowState answer, Outcome outcome, @Nullable Judged judged) {
        return switch (answer) {
            case BOUNCED -> outcome.reply().startsWith("5");
            case DEFERRED ->
                isOfUs(outcome) && !refusals.refusesToRelay(outcome.reply()) || outcome.reply().startsWith("4")
                        && (judged == null || judged.kind() != ReplyKind.GREYLIST && judged.fault() != Fault.RECIPIENT);
            default -> true;
        };
    }

    /** Not that it lacks TLS: that status is ours, and another domain asks for none. */
    private static boolean isOfUs(Outcome outcome) {
        return outcome.reply().startsWith("5") && !outcome.status().startsWith("4.");
    }

    private void trial(int id, RowState answer, Map<Integer, int[]> trials) {
        LaneState lane = known.get(id);
        BreakerRule rule = lane == null || lane.state() != BreakerState.HALF_OPEN
                ? null
                : rules.of(lane.measure()).orElse(null);
        if (rule != null && rule.of().contains(answer)) {
            int[] n = trials.computeIfAbsent(id, _ -> new int[2]);
            n[0]++;
            n[1] += rule.bad().contains(answer) ? 1 : 0;
        }
    }

    /** Lanes that something bad was heard of lately. */
    Set<Integer> toLookAt() {
        Set<Integer> lanes = new HashSet<>(watched.keySet());
        watched.replaceAll((_, left) -> left - 1);
        watched.values().removeIf(left -> left <= 0);
        return lanes;
    }

    /** Lanes that were asked to slow down since this was last called. */
    Map<Integer, SlowDown> toSlowDown() {
        Map<Integer, SlowDown> lanes = new HashMap<>();
        for (int lane : throttled.keySet()) {
            throttled.computeIfPresent(lane, (_, asked) -> {
                lanes.put(lane, asked);
                return null;
            });
        }
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
