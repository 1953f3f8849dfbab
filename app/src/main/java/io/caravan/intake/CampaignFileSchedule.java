package io.caravan.intake;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.CampaignSpec.Late;
import io.caravan.mail.CampaignSpec.Misfire;
import io.caravan.mail.CampaignSpec.Schedule;

/** The {@code schedule:} of a campaign file. A cron expression is checked for its shape only; the scheduler knows the rest. */
final class CampaignFileSchedule {

    static final Set<String> KEYS = CampaignFileSection.keys("at", "cron", "zone", "misfire");
    private static final Pattern CRON_FIELD = Pattern.compile("[0-9A-Za-z*?/,#-]+");
    private static final Pattern DURATION = Pattern
            .compile("(?:(\\d{1,4})d)?(?:(\\d{1,5})h)?(?:(\\d{1,6})m)?(?:(\\d{1,7})s)?");
    private static final String EXAMPLE = "schedule: {at: now}";

    private CampaignFileSchedule() {
    }

    /** Null: a draft. */
    static @Nullable Schedule read(CampaignFileSection root) {
        CampaignFileSection schedule = root.section("schedule", EXAMPLE);
        if (schedule == null) {
            return null;
        }
        schedule.known(KEYS);
        if (schedule.has("at") == schedule.has("cron")) {
            root.problem("schedule", schedule.has("at")
                    ? "at and cron are both given; keep one of them"
                    : "neither at nor cron is given; write at: now, at: 2026-12-01T09:00 or cron: \"0 0 9 ? * MON\", or leave the "
                            + "schedule out for a draft");
        }
        ZoneId zone = zone(schedule);
        String at = schedule.scalar("at");
        boolean now = "now".equals(at);
        return new Schedule(now, at == null || now ? null : at(schedule, at, zone), cron(schedule), zone,
                misfire(schedule));
    }

    private static ZoneId zone(CampaignFileSection schedule) {
        String text = schedule.scalar("zone");
        try {
            return text == null ? ZoneId.systemDefault() : ZoneId.of(text);
        } catch (DateTimeException e) {
            schedule.problem("zone", "there is no time zone '" + text + "'; the nearest is '"
                    + CampaignFileSection.nearest(String.valueOf(text), ZoneId.getAvailableZoneIds()) + "'");
            return ZoneId.systemDefault();
        }
    }

    private static @Nullable LocalDateTime at(CampaignFileSection schedule, String text, ZoneId zone) {
        try {
            LocalDateTime at = LocalDateTime.parse(text);
            if (zone.getRules().getValidOffsets(at).isEmpty()) {
                schedule.problem("at",
                        text + " does not exist in " + zone + ", clocks are put forward then; choose another time");
            }
            return at;
        } catch (DateTimeException e) {
            schedule.problem("at",
                    "'" + text + "' is no time; write now, or a local time as in 2026-12-01T09:00 with its zone in "
                            + "zone: Europe/Rome");
            return null;
        }
    }

    private static @Nullable String cron(CampaignFileSection schedule) {
        String text = schedule.scalar("cron");
        if (text == null) {
            return null;
        }
        String[] fields = text.strip().split("\\s+");
        if (fields.length < 6 || fields.length > 7) {
            schedule.problem("cron",
                    "'" + text + "' has " + fields.length + " fields; write six or seven: seconds minutes hours "
                            + "day-of-month month day-of-week [year], as in 0 0 9 ? * MON");
        }
        for (String field : fields) {
            if (!CRON_FIELD.matcher(field).matches()) {
                schedule.problem("cron",
                        "'" + CampaignFileValues.shown(field)
                                + "' cannot stand in a cron expression; use digits, names "
                                + "and * ? / , - # L W");
            }
        }
        return String.join(" ", fields);
    }

    private static Misfire misfire(CampaignFileSection schedule) {
        CampaignFileSection misfire = schedule.section("misfire", "misfire: {late: 2h, then: skip}");
        if (misfire == null) {
            return Misfire.DEFAULT;
        }
        misfire.known(CampaignFileSection.keys("late", "then"));
        String late = misfire.scalar("late");
        return new Misfire(late == null ? Misfire.DEFAULT.late() : duration(misfire, late),
                misfire.choice("then", Map.of("run", Late.RUN, "skip", Late.SKIP, "ask", Late.ASK),
                        Misfire.DEFAULT.then()));
    }

    private static Duration duration(CampaignFileSection misfire, String text) {
        Matcher matcher = DURATION.matcher(text.strip());
        if (text.isBlank() || !matcher.matches()) {
            misfire.problem("late", "'" + text + "' is no duration; write 30s, 90m, 2h, 1d or 1h30m");
            return Misfire.DEFAULT.late();
        }
        return Duration.ofDays(part(matcher, 1)).plusHours(part(matcher, 2)).plusMinutes(part(matcher, 3))
                .plusSeconds(part(matcher, 4));
    }

    private static long part(Matcher matcher, int group) {
        String digits = matcher.group(group);
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
