/**
 * When a campaign is due: schedules as persistent, clustered Quartz triggers, and how late is too late.
 *
 * <p>Begin at {@link io.caravan.scheduling.Schedules}; what is due arrives at the port {@link io.caravan.scheduling.CampaignDue}. The
 * room is the only user of Quartz. It never opens a run, and it knows no campaign but by its id.
 */
@NullMarked
package io.caravan.scheduling;

import org.jspecify.annotations.NullMarked;
