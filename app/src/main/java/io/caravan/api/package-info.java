/**
 * REST for programs: {@code /api/v1/**}, JSON, described at {@code /v3/api-docs}.
 *
 * <p>Begin at {@link io.caravan.api.Slice} (every list: a limit, a cursor, a link to the next) and {@link io.caravan.api.Problems} (every
 * refusal: RFC 9457, all faults at once). Controllers only call the rooms below; they hold no rule of the product and no SQL. A cursor names
 * the last row that was given, never a number of rows to skip, so nothing is lost or given twice while rows arrive.
 */
@NullMarked
package io.caravan.api;

import org.jspecify.annotations.NullMarked;
