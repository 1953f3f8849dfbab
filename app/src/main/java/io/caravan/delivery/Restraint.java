package io.caravan.delivery;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What a claim must leave where it is.
 *
 * @param known   the orders to hold that were looked at, by id; if there is another one, nothing is claimed
 * @param domains orders about domains of recipients: their mail is put aside
 */
public record Restraint(Set<Long> known, List<OfDomain> domains) {

    /** @param lanes in which the domain is held; null: in all */
    public record OfDomain(QueueHold order, @Nullable Set<Integer> lanes) {

        boolean holds(int lane, String domain) {
            return order.what().domain().equals(domain) && (lanes == null || lanes.contains(lane));
        }
    }

    public static final Restraint NONE = new Restraint(Set.of(), List.of());

    public Restraint {
        known = Set.copyOf(known);
        domains = List.copyOf(domains);
    }
}
