package io.caravan.scheduling;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.CampaignSpec;
import io.caravan.mail.InvalidInput;

/** The moments that a schedule names. Pure. */
public final class Firings {

    private Firings() {
    }

    /**
     * The next {@code n} firings, none before {@code from}: fewer if there are no more. {@code now} is {@code from} itself.
     *
     * @throws InvalidInput the cron expression is wrong
     */
    public static List<Instant> next(CampaignSpec.Schedule schedule, Instant from, int n) {
        if (schedule.cron() != null) {
            return next(Cron.parse(schedule.cron(), schedule.zone()), from, n);
        }
        Instant only = schedule.at() == null ? from : at(schedule.at(), schedule.zone());
        return n < 1 || only.isBefore(from) ? List.of() : List.of(only);
    }

    /**
     * Refuses a schedule that can never fire again.
     *
     * @throws InvalidInput what is wrong, with an example
     */
    public static void check(CampaignSpec.Schedule schedule, Instant from) {
        if (schedule.cron() != null && next(schedule, from, 1).isEmpty()) {
            throw new InvalidInput("the cron expression '" + schedule.cron() + "' names no moment after " + from
                    + ": its day does not exist or its year is over");
        }
    }

    /**
     * That time on the zone's clocks. A time that the zone skips is put off by the length of the gap (2:30 becomes 3:30), of one that
     * comes twice the second is meant: the same as for a cron expression.
     */
    public static Instant at(LocalDateTime time, ZoneId zone) {
        return ZonedDateTime.of(time, zone).withLaterOffsetAtOverlap().toInstant();
    }

    private static List<Instant> next(Cron cron, Instant from, int n) {
        List<Instant> firings = new ArrayList<>();
        @Nullable
        Instant next = cron.after(from.minusMillis(1));
        while (next != null && firings.size() < n) {
            firings.add(next);
            next = cron.after(next);
        }
        return firings;
    }
}
