package io.caravan.delivery;

import java.util.Map;

/**
 * What a claim must leave where it is.
 *
 * @param seen    the newest order to hold that was looked at; if there is a newer one, nothing is claimed
 * @param domains of recipients that are held, with the order: their mail is put aside
 */
public record Restraint(long seen, Map<String, QueueHold> domains) {

    public static final Restraint NONE = new Restraint(Long.MAX_VALUE, Map.of());

    public Restraint {
        domains = Map.copyOf(domains);
    }
}
