/**
 * The audience ledger: contacts and their immutable attribute versions, lists, and imports with a verdict for every row.
 *
 * <p>Begin at {@link io.caravan.audience.Imports} (begin, take chunk by chunk, finish), then {@link io.caravan.audience.Contacts} and
 * {@link io.caravan.audience.Lists}. It reads the suppression list to give its verdict and never writes it, never parses a file or an
 * address, and never sends.
 */
@NullMarked
package io.caravan.audience;

import org.jspecify.annotations.NullMarked;
