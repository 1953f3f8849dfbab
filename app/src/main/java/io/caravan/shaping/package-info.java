/**
 * What may go now and what an answer means: when a deferred mail is tried again, which relays and lanes are left alone for a while, how far a
 * lane slows down and warms up, whose fault a refusal is, and when this node must claim nothing.
 *
 * <p>Begin at {@link io.caravan.shaping.RetrySchedule}, {@link io.caravan.shaping.RelayHealth}, {@link io.caravan.shaping.BreakerRule},
 * {@link io.caravan.shaping.ReplyRules} and {@link io.caravan.shaping.BackPressure}. Numbers and words in, decisions out: it never waits,
 * never sends, never reads a table; what it remembers (whether a relay is down, how a lane's breaker is set) is this node's and is lost
 * with it.
 */
@NullMarked
package io.caravan.shaping;

import org.jspecify.annotations.NullMarked;
