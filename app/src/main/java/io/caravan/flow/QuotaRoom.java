package io.caravan.flow;

import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.delivery.Outcome;
import io.caravan.flow.Recorder.Heard;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.RowId;
import io.caravan.pacing.Quotas;
import io.caravan.shaping.DailyQuota;

/**
 * What is left of the day's quota of an identity. Each claim of a mail that leaves counts, a later attempt too, until it goes back untried
 * ({@link LaneMoves#giveBack}) or has found no host to take it; so a day has never more.
 */
@Component
public class QuotaRoom {

    /**
     * How an identity's day stands.
     *
     * @param used of {@code mails}: claimed today
     * @param next when its next day begins
     */
    public record Today(long used, long mails, Instant next) {
    }

    /** @param day null: there is no quota */
    record Taken(Identity of, @Nullable LocalDate day, long n) {
    }

    private record Day(String identity, LocalDate day) implements Comparable<Day> {
        @Override
        public int compareTo(Day other) {
            return Comparator.comparing(Day::identity).thenComparing(Day::day).compare(this, other);
        }
    }

    /** How the reason begins why nothing goes today. */
    static final String WHY = "quota: ";

    private final Quotas quotas;
    private final Sending sending;
    private final InstantSource clock;

    QuotaRoom(Quotas quotas, Sending sending, InstantSource clock) {
        this.quotas = quotas;
        this.sending = sending;
        this.clock = clock;
    }

    /** Of an identity's name; empty: it has no quota. */
    public Optional<Today> today(String identity) {
        DailyQuota quota = sending.named(identity).quota();
        if (quota == null) {
            return Optional.empty();
        }
        LocalDate day = quota.day(clock.instant());
        return Optional.of(new Today(quotas.used(identity, day), quota.mails(), quota.end(day)));
    }

    /** Takes what may go; mail that stays here costs nothing. */
    Taken take(Identity identity, String route, long wanted) {
        DailyQuota quota = identity.quota();
        if (quota == null || route.equals(Sending.MAILBOX)) {
            return new Taken(identity, null, wanted);
        }
        LocalDate day = quota.day(clock.instant());
        return new Taken(identity, day, quotas.take(identity.name(), day, quota.mails(), wanted));
    }

    void giveBack(Taken taken, long unused) {
        if (taken.day() != null) {
            quotas.giveBack(taken.of().name(), taken.day(), unused);
        }
    }

    /**
     * Mail that found no service (no connection, no greeting, no login) has not left, however often that was tried: what its attempts took goes
     * back to their day, in the transaction that settles them. What a host answered to its envelope counts, and what is in doubt.
     *
     * @param heard what the settled rows came from, and perhaps others
     */
    void giveBackUnoffered(List<Outcome> settled, List<Heard> heard) {
        Map<RowId, Taken> taken = new HashMap<>();
        for (Heard one : heard) {
            Taken quota = one.batch().quota();
            if (quota != null && unoffered(one.result())) {
                taken.put(one.row(), quota);
            }
        }
        Map<Day, Integer> days = new TreeMap<>(); // one order: no deadlock
        for (Outcome outcome : settled) {
            Taken quota = taken.get(outcome.row());
            if (quota != null && quota.day() != null) {
                days.merge(new Day(quota.of().name(), quota.day()), 1, Integer::sum);
            }
        }
        days.forEach((day, n) -> quotas.giveBack(day.identity(), day.day(), n));
    }

    private static boolean unoffered(DeliveryResult result) {
        return result instanceof DeliveryResult.NotTried // and expired all the same
                || result instanceof DeliveryResult.Deferred deferred && deferred.verb().isEmpty();
    }

    /** Why nothing goes today; the same words all day. */
    static String why(Taken nothing) {
        DailyQuota quota = nothing.of().quota();
        return quota == null || nothing.day() == null
                ? ""
                : WHY + "the " + quota.mails() + " mails of " + nothing.of().name() + " for " + nothing.day() + " ("
                        + quota.zone() + ") are used up; the rest goes from " + quota.end(nothing.day());
    }
}
