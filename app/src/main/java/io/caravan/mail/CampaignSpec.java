package io.caravan.mail;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What a campaign file says, checked and with its defaults filled in.
 *
 * @param from     the header From as written, {@code "Ana's Shop <news@shop.example>"}
 * @param html     a file beside the campaign file or a stored template's name; null if there is only a text
 * @param text     likewise; null: made from the HTML
 * @param inline   content id to file name
 * @param schedule null: a draft, waits for a start
 * @param vars     scalars (String, Number, Boolean), and lists and maps of them
 */
public record CampaignSpec(String name, String from, @Nullable String replyTo, String subject, @Nullable String html,
        @Nullable String text, List<String> attachments, Map<String, String> inline, Audience audience,
        @Nullable Schedule schedule,
        @Nullable Rate rate, String workflow, InDoubtPolicy inDoubt, Map<String, String> tags,
        Map<String, Object> vars) {

    /** The workflow of a campaign that names none. */
    public static final String STANDARD = "standard";

    public enum Mode {
        ADD, REPLACE
    }

    public enum Late {
        RUN, SKIP, ASK
    }

    /**
     * Who is mailed: exactly one of {@code csv} and {@code list} is set.
     *
     * @param csv     a CSV file's name; its list has the name without endings
     * @param columns names for the columns of a CSV without a header row; empty: it has one
     * @param exclude {@code list:NAME} or {@code campaign:NAME}
     */
    public record Audience(@Nullable String csv, @Nullable String list, List<String> columns, Mode mode,
            List<String> exclude) {
    }

    /**
     * When: exactly one of {@code now}, {@code at} and {@code cron} is set.
     *
     * @param cron a Quartz cron expression, seconds first
     */
    public record Schedule(boolean now, @Nullable LocalDateTime at, @Nullable String cron, ZoneId zone,
            Misfire misfire) {
    }

    /** What happens to a firing that comes more than {@code late} after its time. */
    public record Misfire(Duration late, Late then) {
        public static final Misfire DEFAULT = new Misfire(Duration.ofHours(1), Late.ASK);
    }
}
