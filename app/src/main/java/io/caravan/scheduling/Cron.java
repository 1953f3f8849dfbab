package io.caravan.scheduling;

import java.text.ParseException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.Date;
import java.util.TimeZone;

import org.jspecify.annotations.Nullable;
import org.quartz.CronExpression;

import io.caravan.mail.InvalidInput;

/**
 * A Quartz cron expression in a zone. Quartz leaves out what falls into the hour that a zone skips in spring, so that a daily launch
 * at 2:30 would not happen that day; here it happens as many minutes after the gap as it was meant after the gap's beginning, 3:30.
 * In the hour that comes twice in autumn it happens once, at the second pass, as Quartz does.
 */
final class Cron {

    private static final int LONGEST = 120;
    /** Zone changes that are looked through for an expression which has no other firing any more: about ten years. */
    private static final int FURTHEST = 20;
    private static final String EXAMPLE = "an example: \"0 0 9 ? * MON\" is Mondays at 9:00 (second minute hour day-of-month "
            + "month day-of-week, a ? for the day that does not matter)";

    private final CronExpression inZone;
    private final CronExpression onTheClock;
    private final ZoneId zone;

    private Cron(CronExpression inZone, CronExpression onTheClock, ZoneId zone) {
        this.inZone = inZone;
        this.onTheClock = onTheClock;
        this.zone = zone;
    }

    /** @throws InvalidInput what is wrong with it, and an example */
    static Cron parse(String expression, ZoneId zone) {
        int fields = expression.isBlank() ? 0 : expression.strip().split("\\s+").length;
        if (fields == 5) {
            throw new InvalidInput("the cron expression '" + expression
                    + "' has 5 fields; here the seconds come first and a ? stands for "
                    + "the day that does not matter; " + EXAMPLE);
        }
        if (fields < 6 || fields > 7) {
            throw new InvalidInput(
                    "the cron expression '" + expression + "' has " + fields + " fields, it takes 6, or 7 with a year; "
                            + EXAMPLE);
        }
        if (expression.length() > LONGEST) {
            throw new InvalidInput(
                    "the cron expression '" + expression + "' is longer than " + LONGEST + " characters; " + EXAMPLE);
        }
        try {
            CronExpression inZone = new CronExpression(expression.strip());
            inZone.setTimeZone(TimeZone.getTimeZone(zone));
            CronExpression onTheClock = new CronExpression(expression.strip());
            onTheClock.setTimeZone(TimeZone.getTimeZone(ZoneOffset.UTC));
            return new Cron(inZone, onTheClock, zone);
        } catch (ParseException | RuntimeException e) {
            throw new InvalidInput("the cron expression '" + expression + "' is wrong: " + reason(e) + "; " + EXAMPLE,
                    e);
        }
    }

    /** The first firing after that moment, null if there is none any more. */
    @Nullable
    Instant after(Instant moment) {
        Date next = inZone.getTimeAfter(Date.from(moment));
        Instant regular = next == null ? null : next.toInstant();
        Instant late = afterGap(moment, regular);
        return late == null ? regular : late;
    }

    /** The first firing after {@code moment} and before {@code regular} that a gap of the zone put off. */
    private @Nullable Instant afterGap(Instant moment, @Nullable Instant regular) {
        ZoneOffsetTransition change = zone.getRules().previousTransition(moment.plusNanos(1));
        if (change == null) {
            change = zone.getRules().nextTransition(moment);
        }
        for (int i = 0; i < FURTHEST && change != null
                && (regular == null || change.getInstant().isBefore(regular)); i++) {
            Instant late = change.isGap() ? inGap(change, moment) : null;
            if (late != null && (regular == null || late.isBefore(regular))) {
                return late;
            }
            change = zone.getRules().nextTransition(change.getInstant());
        }
        return null;
    }

    private @Nullable Instant inGap(ZoneOffsetTransition gap, Instant moment) {
        LocalDateTime meant = gap.getDateTimeBefore().minusSeconds(1);
        while (true) {
            Date next = onTheClock.getTimeAfter(Date.from(meant.toInstant(ZoneOffset.UTC)));
            if (next == null) {
                return null;
            }
            meant = LocalDateTime.ofInstant(next.toInstant(), ZoneOffset.UTC);
            if (!meant.isBefore(gap.getDateTimeAfter())) {
                return null;
            }
            Instant late = meant.toInstant(gap.getOffsetBefore());
            if (late.isAfter(moment)) {
                return late;
            }
        }
    }

    private static String reason(Exception e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("both a day-of-week AND a day-of-month")) {
            return "one of day-of-month and day-of-week must be ?";
        }
        return message.startsWith("Illegal cron expression format") ? "it cannot be read" : message;
    }
}
