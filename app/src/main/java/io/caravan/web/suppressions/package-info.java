/**
 * The pages of the suppression list: who must not be mailed, why, since when, until when.
 *
 * <p>Begin at {@link io.caravan.web.suppressions.SuppressionsPage} (the list) and {@link io.caravan.web.suppressions.EntryPage} (one entry,
 * and how it is taken back). They only call: what is added here stops queued mail because the ledger says so.
 */
@NullMarked
package io.caravan.web.suppressions;

import org.jspecify.annotations.NullMarked;
