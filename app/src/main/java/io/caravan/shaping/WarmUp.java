package io.caravan.shaping;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.InvalidInput;
import io.caravan.mail.Rate;

/**
 * How much a new identity sends a provider on each of its first days, UTC. What is over waits for tomorrow, or goes another way; a day's
 * number is spread over the day, since a thousand mails in its first minute are what warming up is to avoid.
 *
 * @param provider {@code *}: each of them, by itself; the small ones that share a lane are one
 * @param daily    for the first day, the second ...; after the last there is no limit
 * @param overflow the route of what the day does not take, {@code relay:old}; null: it waits for tomorrow
 */
public record WarmUp(String identity, String provider, LocalDate begin, List<Long> daily, @Nullable String overflow) {

    public WarmUp {
        if (daily.isEmpty() || daily.stream().anyMatch(n -> n < 1)) {
            throw new InvalidInput("caravan.pacing.warmup of " + identity
                    + ": daily lists how many mails may go on the first day, the second and so on, each at least 1");
        }
        daily = List.copyOf(daily);
    }

    public boolean isOf(String anIdentity, String aProvider) {
        return identity.equals(anIdentity) && (provider.equals("*") || provider.equals(aProvider));
    }

    /** What today allows; empty: it is over. Before it begins the address is as cold as on the first day. */
    public Optional<Rate> rate(Instant now) {
        long day = day(now);
        return day > daily.size()
                ? Optional.empty()
                : Optional.of(new Rate(daily.get((int) day - 1), Duration.ofDays(1)));
    }

    /** How many more the plan lets go until its day is over. */
    public long left(Instant now) {
        return rate(now).map(rate -> left(rate, now)).orElse(Long.MAX_VALUE);
    }

    /** How many more of a rate go until its day is over. */
    public long left(Rate rate, Instant now) {
        return 1 + Duration.between(now, next(now)).toNanos() / 1000 / rate.intervalMicros();
    }

    /** When its next day begins. */
    public Instant next(Instant now) {
        return LocalDate.ofInstant(now, ZoneOffset.UTC).plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /** 1 for the first, and for each before it. */
    public long day(Instant now) {
        return Math.max(1, ChronoUnit.DAYS.between(begin, LocalDate.ofInstant(now, ZoneOffset.UTC)) + 1);
    }
}
