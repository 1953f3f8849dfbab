package io.caravan.web.campaigns;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.caravan.campaign.Campaign;
import io.caravan.campaign.Run;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.RunState;
import io.caravan.scheduling.ScheduleWords;
import io.caravan.web.Words;

/** What a campaign is and does, in sentences. */
final class CampaignWords {

    private CampaignWords() {
    }

    /** What it does now, and what comes next. */
    static String doing(Campaign campaign, @Nullable Run last, long waiting, long doubt, List<Instant> firings) {
        return switch (campaign.state()) {
            case DRAFT -> last != null && last.state() == RunState.REFUSED
                    ? "Its last run was refused and has mailed nobody. Correct what is said below, then start it."
                    : "A draft: it mails nobody until it is started.";
            case SCHEDULED -> firings.isEmpty()
                    ? "It begins in a moment."
                    : "It waits for its time: " + Words.time(firings.getFirst()) + ".";
            case RUNNING -> running(last);
            case PAUSED -> waiting == 0
                    ? "Paused: nothing begins until it is resumed."
                    : "Paused: " + Words.number(waiting)
                            + " left, nobody gets it twice. Resume it and they are mailed.";
            case FINISHED -> doubt == 0
                    ? "Finished: every recipient of its last run is final. A person can start it again."
                    : "Finished, but for " + Words.number(doubt) + " in doubt, which wait for a person.";
            case CANCELLED -> "Cancelled: it mails nobody unless a person starts it again.";
        };
    }

    private static String running(@Nullable Run last) {
        if (last == null) {
            return "A run is being opened.";
        }
        return switch (last.state()) {
            case ASKING -> "Run " + last.number() + " is late and asks whether it should still go out.";
            case PLANNING, PREFLIGHT -> "Run " + last.number() + " is made ready; nobody is mailed yet.";
            case RUNNING -> "Run " + last.number() + " is under way.";
            case PAUSED -> "Run " + last.number() + " is paused.";
            case REFUSED, FINISHED, CANCELLED -> "Its last run is " + last.state().word() + ".";
        };
    }

    /** What the list says of the next firing when no moment is known. */
    static String next(Campaign campaign, CampaignSpec.@Nullable Schedule schedule) {
        boolean over = switch (campaign.state()) {
            case FINISHED, CANCELLED -> true;
            case RUNNING -> schedule == null || schedule.cron() == null;
            case DRAFT, SCHEDULED, PAUSED -> false;
        };
        return over ? "None by itself" : schedule(schedule);
    }

    static String schedule(CampaignSpec.@Nullable Schedule schedule) {
        String words = ScheduleWords.of(schedule);
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }

    /** Whom it mails, as the file says it. */
    static String audience(CampaignSpec.Audience audience) {
        String whom = audience.csv() != null
                ? "the people of " + audience.csv() + " as last imported"
                : "the list " + audience.list();
        return audience.exclude().isEmpty() ? whom : whom + ", without " + String.join(", ", audience.exclude());
    }
}
