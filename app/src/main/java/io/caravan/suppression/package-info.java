/**
 * Who must not be mailed, and why: the suppression ledger and each node's feed of it.
 *
 * <p>Begin at {@link io.caravan.suppression.Suppressions} (add, remove, ask for a batch) and {@link io.caravan.suppression.Feed} (ask in
 * memory just before DATA); {@link io.caravan.suppression.SuppressionSearch} looks through the list for people. It keeps addresses in their canonical form only, never forgets silently (an undo leaves its trace), and never
 * decides whether a bounce is one that suppresses.
 */
@NullMarked
package io.caravan.suppression;

import org.jspecify.annotations.NullMarked;
