/**
 * The node's append-only file of what it sends: three short lines a mail, {@code ready}, {@code dot} and {@code replied}.
 *
 * <p>Begin at {@link io.caravan.journal.Journal#open}; after a crash, {@link io.caravan.journal.Journal#unsettled} and
 * {@link io.caravan.journal.Aftermath} say what became of each mail. The journal holds ids, hosts and replies, never an address, and it
 * never decides what to do next: settling is the caller's.
 */
@NullMarked
package io.caravan.journal;

import org.jspecify.annotations.NullMarked;
