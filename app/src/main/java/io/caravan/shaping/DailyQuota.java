package io.caravan.shaping;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

import io.caravan.mail.InvalidInput;

/**
 * How many mails may go in a day, however fast; what is over waits for the next.
 *
 * @param mails at least 1
 * @param zone  in which a day begins and ends
 */
public record DailyQuota(long mails, ZoneId zone) {

    public DailyQuota {
        if (mails < 1) {
            throw new InvalidInput(
                    "a quota of " + mails + " a day would send nothing: give at least 1, or leave it out for none");
        }
    }

    public LocalDate day(Instant now) {
        return LocalDate.ofInstant(now, zone);
    }

    /** When the day after this one begins; where the clocks skip midnight, at the first moment there is. */
    public Instant end(LocalDate day) {
        return day.plusDays(1).atStartOfDay(zone).toInstant();
    }
}
