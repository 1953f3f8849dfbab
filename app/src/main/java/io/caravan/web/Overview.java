package io.caravan.web;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;

/** Port: what the overview page shows. */
public interface Overview {

    /** The runs, the newest first, those that are open before those that are not. */
    List<RunLine> runs(int limit);

    /** What waits for a person, the most urgent first. */
    List<Need> needs();

    /** The next firings of all campaigns, in the order of their times. */
    List<Firing> firings(int limit);

    /** Changes when the runs or what waits for a person change; cheap. */
    String stamp();

    record Firing(String campaign, Instant at) {
    }

    /** Something that goes on only when a person decides. */
    sealed interface Need {

        /** A run that asks whether it may be late, and why it asks. */
        record Question(String campaign, int number, @Nullable String reason) implements Need {
        }

        /** Mails of a campaign of which nobody knows whether they arrived. */
        record Doubt(String campaign, long rows) implements Need {
        }

        /** A file that stays in the drop folder: it waits for another one, or nothing will ever take it. */
        record Stuck(boolean waits, String file, String why) implements Need {
        }

        /** A dropped file that was not taken, with what is wrong, and where it lies now. */
        record Refusal(String file, Instant at, List<String> problems, String lies) implements Need {
        }
    }

    /**
     * A run as it stands.
     *
     * @param number     within its campaign
     * @param kind       {@code first}, {@code again}, {@code new} or {@code resend}
     * @param reason     why it was refused, paused or cancelled, or what it asks; why it waits to be planned, or cannot go on
     * @param planned    recipients; the sum of the counts
     * @param counts     a state that is missing has none
     * @param perSecond  mails settled a second, lately
     * @param holdReason what holds it at this moment, in plain words; null: nothing does
     */
    record RunLine(String campaign, int number, RunId run, RunState state, String kind, @Nullable String reason,
            Instant openedAt,
            @Nullable Instant finishedAt, long planned, Map<RowState, Long> counts, double perSecond,
            @Nullable String holdReason) {

        public boolean open() {
            return switch (state) {
                case PLANNING, PREFLIGHT, ASKING, RUNNING, PAUSED -> true;
                case REFUSED, FINISHED, CANCELLED -> false;
            };
        }

        long count(RowState of) {
            return counts.getOrDefault(of, 0L);
        }
    }
}
