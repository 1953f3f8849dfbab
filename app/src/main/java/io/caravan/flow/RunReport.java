package io.caravan.flow;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.caravan.campaign.Campaign;
import io.caravan.campaign.Run;
import io.caravan.mail.RowState;

/**
 * A run as it stands.
 *
 * @param counts    every state; their sum is {@code planned}
 * @param perSecond rows settled a second, lately
 * @param holds     what holds it now, in words; empty if nothing does
 * @param nextRetry when the next deferred row is due; null if none waits
 */
public record RunReport(Campaign campaign, Run run, Map<RowState, Long> counts, long planned, double perSecond,
        List<String> holds, @Nullable Instant nextRetry) {

    /**
     * One lane of it: the recipients of one domain, or of all small ones.
     *
     * @param domain    {@code *} for the domains that have too few people for a lane of their own
     * @param waiting   planned and never claimed
     * @param settled   by state
     * @param underWay  sending, or deferred until the next attempt
     * @param deferred  null if there are so many in the run that they are not counted by lane
     * @param held      why nothing of it is claimed now; null if nothing holds it
     * @param heldSince when that began
     */
    public record Lane(int lane, String domain, long planned, long waiting, long underWay, @Nullable Long deferred,
            Map<RowState, Long> settled, double perSecond, @Nullable String held, @Nullable Instant heldSince) {

        public long settled(RowState state) {
            return settled.getOrDefault(state, 0L);
        }
    }

    public long count(RowState state) {
        return counts.getOrDefault(state, 0L);
    }
}
