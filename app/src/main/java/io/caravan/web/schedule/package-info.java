/**
 * {@code /schedule}: when each campaign is due, what came late, and the program's own jobs.
 *
 * <p>Begin at {@link io.caravan.web.schedule.SchedulePages}. It decides nothing: {@link io.caravan.flow.ScheduleDesk} does, and refuses.
 */
@NullMarked
package io.caravan.web.schedule;

import org.jspecify.annotations.NullMarked;
