package io.caravan.transport;

import java.time.Duration;

/**
 * How long one connection is used: hosts dislike guests that never leave, and a new connection finds hosts that were added.
 *
 * @param mails on one connection at most
 * @param age   after which no further mail begins
 */
public record Reuse(int mails, Duration age) {

    /** A relay knows us; now and then is enough to follow it when its address changes. */
    static final Reuse RELAY = new Reuse(10_000, Duration.ofHours(1));
}
