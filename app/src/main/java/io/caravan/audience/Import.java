package io.caravan.audience;

import java.util.Locale;

import io.caravan.mail.CampaignSpec.Mode;
import io.caravan.mail.ListId;

/**
 * One import of one file into one list.
 *
 * @param throughRow the last row of the file that is safely in; 0 at first
 * @param told       its verdicts were handed over; a crash before that must not turn them into {@code unchanged}
 */
public record Import(long id, ListId list, String listName, Mode mode, long throughRow, State state, boolean told) {

    public enum State {
        /** An upload that waits for its turn. */
        QUEUED, RUNNING, FINISHED, REFUSED,
        /** A person stopped it: what was in by then stays. */
        CANCELLED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static State of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }
}
