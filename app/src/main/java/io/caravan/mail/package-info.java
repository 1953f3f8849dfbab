/**
 * The words of the trade: addresses, envelopes, replies, results, states and ids.
 *
 * <p>Everybody may import this room and it imports nobody: values only, on the JDK alone. Begin at {@link io.caravan.mail.RowId}
 * (one recipient of one run), {@link io.caravan.mail.DeliveryResult} (what became of an attempt) and
 * {@link io.caravan.mail.Gate} (the only maker of mail that may be sent). It never does I/O and never reads a clock that it was
 * not given.
 */
@NullMarked
package io.caravan.mail;

import org.jspecify.annotations.NullMarked;
