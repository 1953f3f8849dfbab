/**
 * The SMTP client: takes mail that the gate cleared, hands it to relays over reused, pipelined connections, and says once for each what
 * came of it.
 *
 * <p>Begin at {@link io.caravan.transport.Transport} (offer, stop), then {@code Courier} (one thread, one connection, one relay),
 * {@code Conversation} (MAIL to final dot) and {@code Wire} (bytes, replies, deadlines). {@code Replies} is the table that makes a
 * refusal hard, soft or policy. {@link io.caravan.transport.TlsPolicies} says how private a line must be ({@code DaneLookUp}, {@code DaneCheck}, {@code Trust},
 * {@link io.caravan.transport.MtaSts}); where domains want to hear how that went, {@link io.caravan.transport.TlsRptRecord}. Ports look out: {@link io.caravan.transport.DeliveryLog}, {@link io.caravan.transport.LastLook},
 * {@link io.caravan.transport.RelayGate}, {@link io.caravan.transport.StsMemory}, {@link io.caravan.transport.TlsLog}.
 *
 * <p>It never retries later, never writes to a database, never changes a mail beyond dot-stuffing, and never has more than one
 * unanswered final dot on a connection: what it calls in doubt is at most one mail a connection (RFC 1047).
 */
@NullMarked
package io.caravan.transport;

import org.jspecify.annotations.NullMarked;
