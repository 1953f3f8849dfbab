package io.caravan.flow;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeParseException;

import org.springframework.stereotype.Component;

import io.caravan.mail.InvalidInput;

/** The steps {@code hours.within} and {@code hours.opening}: business hours, Monday to Friday, of a time zone. */
@Component("hours")
public class Hours {

    private final InstantSource clock;

    Hours(InstantSource clock) {
        this.clock = clock;
    }

    /** True on a weekday from {@code from} (inclusive) to {@code to} (exclusive), both like 09:00. */
    public boolean within(String from, String to, String zone) {
        ZonedDateTime now = now(zone);
        LocalTime time = now.toLocalTime();
        return isWeekday(now) && !time.isBefore(time(from)) && time.isBefore(time(to));
    }

    /** The next moment at which {@link #within} becomes true, or now if it is. */
    public Instant opening(String from, String to, String zone) {
        ZonedDateTime now = now(zone);
        if (within(from, to, zone)) {
            return now.toInstant();
        }
        ZonedDateTime opening = now.with(time(from)); // a time in a gap is moved forward by the gap
        while (!opening.isAfter(now) || !isWeekday(opening)) {
            opening = opening.plusDays(1).with(time(from));
        }
        return opening.toInstant();
    }

    private ZonedDateTime now(String zone) {
        try {
            return clock.instant().atZone(ZoneId.of(zone));
        } catch (java.time.DateTimeException e) {
            throw new InvalidInput("'" + zone + "' is no time zone: write one like Europe/Rome", e);
        }
    }

    private static boolean isWeekday(ZonedDateTime time) {
        return time.getDayOfWeek() != DayOfWeek.SATURDAY && time.getDayOfWeek() != DayOfWeek.SUNDAY;
    }

    private static LocalTime time(String text) {
        try {
            return LocalTime.parse(text);
        } catch (DateTimeParseException e) {
            throw new InvalidInput("'" + text + "' is no time of day: write it as 09:00", e);
        }
    }
}
