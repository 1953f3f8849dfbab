package io.caravan.suppression;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.InvalidInput;

/** Until when an entry counts, as people write it. */
public final class Expiry {

    private static final Pattern AHEAD = Pattern.compile("(\\d{1,6})\\s*([smhd])");

    private Expiry() {
    }

    /**
     * @param text {@code 30d}, {@code 12h}, a day (its beginning in UTC) or an RFC 3339 time; blank: for ever
     * @throws InvalidInput if it is none of these, or past
     */
    public static @Nullable Instant parse(String text, Instant now) {
        String written = text.strip();
        if (written.isEmpty()) {
            return null;
        }
        Instant end = read(written, now);
        if (!end.isAfter(now)) {
            throw new InvalidInput("'" + written + "' is past: an entry that ends then would stop nobody");
        }
        return end;
    }

    private static Instant read(String written, Instant now) {
        Matcher ahead = AHEAD.matcher(written.toLowerCase(Locale.ROOT));
        try {
            if (ahead.matches()) {
                long amount = Long.parseLong(ahead.group(1));
                return now.plus(switch (ahead.group(2)) {
                    case "s" -> Duration.ofSeconds(amount);
                    case "m" -> Duration.ofMinutes(amount);
                    case "h" -> Duration.ofHours(amount);
                    default -> Duration.ofDays(amount);
                });
            }
            return written.length() <= 10
                    ? LocalDate.parse(written).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : OffsetDateTime.parse(written.toUpperCase(Locale.ROOT)).toInstant();
        } catch (DateTimeException e) {
            throw new InvalidInput("'" + written + "' is no time: write 30d, 12h, 2026-12-01 or 2026-12-01T09:00:00Z",
                    e);
        }
    }
}
