package io.caravan.flow;

import java.time.InstantSource;
import java.time.LocalDate;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.pacing.Quotas;
import io.caravan.shaping.DailyQuota;

/** What is left of the day's quota of an identity. Each claim of a mail that leaves counts, a later attempt too; so a day has never more. */
@Component
class QuotaRoom {

    /** @param day null: there is no quota */
    record Taken(Identity of, @Nullable LocalDate day, long n) {
    }

    private final Quotas quotas;
    private final InstantSource clock;

    QuotaRoom(Quotas quotas, InstantSource clock) {
        this.quotas = quotas;
        this.clock = clock;
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

    /** Why nothing goes today; the same words all day. */
    static String why(Taken nothing) {
        DailyQuota quota = nothing.of().quota();
        return quota == null || nothing.day() == null
                ? ""
                : "quota: the " + quota.mails() + " mails of " + nothing.of().name() + " for " + nothing.day() + " ("
                        + quota.zone() + ") are used up; the rest goes from " + quota.end(nothing.day());
    }
}
