/**
 * What may go now: when a deferred mail is tried again, which relays are left alone for a while, and when this node must claim nothing.
 *
 * <p>Begin at {@link io.caravan.shaping.RetrySchedule}, {@link io.caravan.shaping.RelayHealth} and
 * {@link io.caravan.shaping.BackPressure}. Numbers in, decisions out: it never waits, never sends, never reads a table; what it remembers
 * (whether a relay is down) is this node's and is lost with it.
 */
@NullMarked
package io.caravan.shaping;

import org.jspecify.annotations.NullMarked;
