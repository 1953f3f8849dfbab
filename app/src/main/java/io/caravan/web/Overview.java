package io.caravan.web;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;

/** Port: what the overview page shows. */
@FunctionalInterface
public interface Overview {

    /** The runs, the newest first, those that are open before those that are not. */
    List<RunLine> runs(int limit);

    /**
     * A run as it stands.
     *
     * @param number     within its campaign
     * @param kind       {@code first}, {@code again}, {@code new} or {@code resend}
     * @param reason     why it was refused, paused or cancelled, or what it asks
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
