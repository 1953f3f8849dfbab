package io.caravan.delivery;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What a claim must leave where it is.
 *
 * @param seen    the newest order to hold that was looked at; if there is a newer one, nothing is claimed
 * @param domains orders about domains of recipients: their mail is put aside
 */
public record Restraint(long seen, List<OfDomain> domains) {

    /** @param lanes in which the domain is held; null: in all */
    public record OfDomain(QueueHold order, @Nullable Set<Integer> lanes) {

        boolean holds(int lane, String domain) {
            return order.what().domain().equals(domain) && (lanes == null || lanes.contains(lane));
        }
    }

    public static final Restraint NONE = new Restraint(Long.MAX_VALUE, List.of());

    public Restraint {
        domains = List.copyOf(domains);
    }
}
