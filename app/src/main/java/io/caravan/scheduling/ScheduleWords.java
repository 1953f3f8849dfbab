package io.caravan.scheduling;

import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.CampaignSpec.Misfire;
import io.caravan.mail.CampaignSpec.Schedule;

/** A schedule as people say it: {@code every Monday at 09:00, Europe/Rome}. What is rarer than that is shown as its cron expression. */
public final class ScheduleWords {

    private static final DateTimeFormatter AT = DateTimeFormatter.ofPattern("EEEE d MMMM yyyy 'at' HH:mm",
            Locale.ENGLISH);
    private static final List<String> DAYS = List.of("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
            "Saturday");
    private static final List<String> MONTHS = List.of("January", "February", "March", "April", "May", "June", "July",
            "August", "September", "October", "November", "December");
    private static final Map<String, String> SPANS = Map.of("2-6", "from Monday to Friday", "1,7",
            "on Saturdays and Sundays", "7,1", "on Saturdays and Sundays");
    private static final String ANY = "[*?]";

    private ScheduleWords() {
    }

    /** @param schedule null: a draft */
    public static String of(@Nullable Schedule schedule) {
        if (schedule == null) {
            return "when a person starts it";
        }
        if (schedule.now()) {
            return "at once";
        }
        String when = schedule.at() != null ? AT.format(schedule.at()) : cron(String.valueOf(schedule.cron()));
        return when + ", " + schedule.zone();
    }

    /** What becomes of a firing that nobody was there for: {@code if more than 1 h late, asks}. */
    public static String misfire(Misfire misfire) {
        long minutes = misfire.late().toMinutes();
        String late = minutes == 0
                ? misfire.late().toSeconds() + " s"
                : minutes % 1440 == 0 && minutes > 0
                        ? minutes / 1440 + " d"
                        : minutes % 60 == 0 ? minutes / 60 + " h" : minutes + " min";
        return "if more than " + late + " late, " + switch (misfire.then()) {
            case RUN -> "it runs all the same";
            case SKIP -> "it is skipped";
            case ASK -> "it asks";
        };
    }

    private static String cron(String expression) {
        String[] field = expression.strip().toUpperCase(Locale.ROOT).split("\\s+");
        String time = field.length == 6 ? time(field[0], field[1], field[2]) : null;
        String day = time == null ? null : day(field[3], field[4], numbers(field[5], DAYS, 1));
        if (time == null || day == null) {
            return "cron " + expression.strip();
        }
        boolean often = time.startsWith("every");
        return often ? time + (day.equals("every day") ? "" : ", " + day) : day + " at " + time;
    }

    private static @Nullable String time(String second, String minute, String hour) {
        if (!second.equals("0")) {
            return null;
        }
        if (hour.equals("*")) {
            return minute.equals("*")
                    ? "every minute"
                    : step(minute) != null
                            ? "every " + step(minute) + " minutes"
                            : minute.matches("\\d+") ? "every hour at " + two(minute) + " past" : null;
        }
        if (!minute.matches("\\d+")) {
            return null;
        }
        String every = step(hour);
        if (every != null) {
            return "every " + every + " hours at " + two(minute) + " past";
        }
        return hour.matches("\\d+(,\\d+)*")
                ? joined(List.of(hour.split(",")).stream().map(each -> two(each) + ":" + two(minute)).toList())
                : null;
    }

    private static @Nullable String day(String dayOfMonth, String month, @Nullable String weekday) {
        if (weekday == null) {
            return null;
        }
        String months = month.matches(ANY) ? "" : months(numbers(month, MONTHS, 1));
        if (months == null) {
            return null;
        }
        if (weekday.matches(ANY)) {
            String day = dayOfMonth.matches(ANY)
                    ? "every day"
                    : dayOfMonth.equals("L")
                            ? "on the last day of " + (months.isEmpty() ? "the month" : months)
                            : dayOfMonth.matches("\\d+(,\\d+)*")
                                    ? "on the " + joined(List.of(dayOfMonth.split(",")).stream()
                                            .map(ScheduleWords::ordinal).toList())
                                            + " of " + (months.isEmpty() ? "every month" : months)
                                    : null;
            return day == null || months.isEmpty() || day.contains(months) ? day : day + " in " + months;
        }
        String days = dayOfMonth.matches(ANY) ? weekdays(weekday) : null;
        return days == null || months.isEmpty() ? days : days + " in " + months;
    }

    private static @Nullable String weekdays(String days) {
        if (SPANS.containsKey(days)) {
            return SPANS.get(days);
        }
        if (days.matches("[1-7]#[1-5]")) {
            return "on the " + ordinal(days.substring(2)) + " " + DAYS.get(days.charAt(0) - '1') + " of the month";
        }
        if (days.matches("[1-7]L")) {
            return "on the last " + DAYS.get(days.charAt(0) - '1') + " of the month";
        }
        if (days.matches("[1-7]-[1-7]")) {
            return "from " + DAYS.get(days.charAt(0) - '1') + " to " + DAYS.get(days.charAt(2) - '1');
        }
        return days.matches("[1-7](,[1-7])*")
                ? "every " + joined(
                        List.of(days.split(",")).stream().map(day -> DAYS.get(day.charAt(0) - '1')).toList())
                : null;
    }

    private static @Nullable String months(@Nullable String months) {
        if (months == null || !months.matches("\\d+(,\\d+)*")) {
            return null;
        }
        List<String> names = new ArrayList<>();
        for (String month : months.split(",")) {
            int number = Integer.parseInt(month);
            if (number < 1 || number > 12) {
                return null;
            }
            names.add(MONTHS.get(number - 1));
        }
        return joined(names);
    }

    /** Names of three letters as numbers. */
    private static String numbers(String field, List<String> names, int first) {
        String numbers = field;
        for (int i = 0; i < names.size(); i++) {
            numbers = numbers.replace(names.get(i).substring(0, 3).toUpperCase(Locale.ROOT),
                    String.valueOf(first + i));
        }
        return numbers;
    }

    private static @Nullable String step(String field) {
        return field.matches("[*0]/\\d+") ? field.substring(2) : null;
    }

    private static String two(String digits) {
        return digits.length() == 1 ? "0" + digits : digits;
    }

    private static String ordinal(String number) {
        int n = Integer.parseInt(number);
        String ending = n % 100 / 10 == 1 ? "th" : n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : n % 10 == 3 ? "rd" : "th";
        return n + ending;
    }

    private static String joined(List<String> words) {
        return words.size() < 2
                ? String.join("", words)
                : String.join(", ", words.subList(0, words.size() - 1)) + " and " + words.getLast();
    }
}
