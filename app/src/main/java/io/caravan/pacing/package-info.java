/**
 * How much may go now, and how each lane fared: lanes (sending identity x mailbox provider), rates as rows, outcomes by the hour.
 *
 * <p>Begin at {@link io.caravan.pacing.Rates#take} (permits for a claim) and {@link io.caravan.pacing.Lanes}. Rates live in the
 * database and go by its clock, so a restart refills nothing and any number of nodes keeps to one rate. No thread ever waits here. What
 * domains demand of TLS and how it went is kept here too ({@link io.caravan.pacing.StsPolicies}, {@link io.caravan.pacing.TlsResults},
 * {@link io.caravan.pacing.TlsDays}), and what is used of daily quotas ({@link io.caravan.pacing.Quotas}).
 */
@NullMarked
package io.caravan.pacing;

import org.jspecify.annotations.NullMarked;
