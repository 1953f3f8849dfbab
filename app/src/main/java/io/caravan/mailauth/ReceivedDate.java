package io.caravan.mailauth;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** When a stored mail came in: the date of the Received field on top, which the last host wrote (RFC 5321 section 4.4). */
final class ReceivedDate {

    private static final Pattern DATE = Pattern.compile(
            ";\\s*(?:[A-Za-z]{3},)?\\s*(\\d{1,2})\\s+([A-Za-z]{3})\\s+(\\d{4})\\s+(\\d{2}):(\\d{2})(?::(\\d{2}))?\\s+([+-]\\d{4}|GMT|UTC?)"
                    + "[^;]*$");
    private static final List<String> MONTHS = List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep",
            "oct", "nov", "dec");
    private static final int LONGEST = 4_096;

    private ReceivedDate() {
    }

    static Optional<Instant> of(RawMail mail) {
        Optional<RawMail.Field> top = mail.fields().stream().filter(field -> field.name().equals("received"))
                .findFirst();
        if (top.isEmpty() || top.get().to() - top.get().from() > LONGEST) {
            return Optional.empty();
        }
        Matcher date = DATE.matcher(top.get().value());
        return date.find() ? instant(date) : Optional.empty();
    }

    private static Optional<Instant> instant(Matcher date) {
        try {
            String zone = date.group(7);
            int second = date.group(6) == null ? 0 : Math.min(59, Integer.parseInt(date.group(6)));
            return Optional.of(ZonedDateTime.of(number(date, 3),
                    MONTHS.indexOf(date.group(2).toLowerCase(Locale.ROOT)) + 1, number(date, 1), number(date, 4),
                    number(date, 5), second, 0,
                    zone.length() == 5 ? ZoneOffset.of(zone) : ZoneOffset.UTC).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static int number(Matcher date, int group) {
        return Integer.parseInt(date.group(group));
    }
}
