/**
 * {@code /lanes}: how each sending identity fares with each mailbox provider, why mail is held or slowed and until when, and what a person
 * may do about it.
 *
 * <p>Begin at {@link io.caravan.web.lanes.LanesPage}. Decides nothing: all of it is {@code flow.LaneDesk}'s.
 */
@NullMarked
package io.caravan.web.lanes;

import org.jspecify.annotations.NullMarked;
