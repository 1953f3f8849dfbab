/**
 * {@code /queue}: what waits, by run and lane, why and until when; and what a person may do to many mails at once.
 *
 * <p>Begin at {@link io.caravan.web.queue.QueuePage}. Decides nothing: what waits is {@code flow.QueueDesk}'s, what is done is
 * {@code flow.QueueActs}'.
 */
@NullMarked
package io.caravan.web.queue;

import org.jspecify.annotations.NullMarked;
