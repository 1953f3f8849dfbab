/**
 * The ledger: one row per recipient per run, and what moves it: planning, stretches, batches, retries, settling, run counts.
 *
 * <p>A run is planned by {@link io.caravan.delivery.Planner}, claimed by ranges through {@link io.caravan.delivery.Claims}, read as a
 * batch through {@link io.caravan.delivery.Batches} and settled in bulk by {@link io.caravan.delivery.Settlements}. {@code db/README.md}
 * tells how the tables hang together. It never renders, sends, waits or reads a file.
 */
@NullMarked
package io.caravan.delivery;

import org.jspecify.annotations.NullMarked;
