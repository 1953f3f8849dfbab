/**
 * The pages of campaigns: all of them, and one to see, steer, compare, copy and try.
 *
 * <p>Begin at {@link io.caravan.web.campaigns.CampaignPages} (what is shown) and {@link io.caravan.web.campaigns.CampaignForms} (what is
 * done). Views are words; what an action concerns and whether it is legal is asked of the rooms below, never decided here. Writing a
 * campaign and its preview are other pages.
 */
@NullMarked
package io.caravan.web.campaigns;

import org.jspecify.annotations.NullMarked;
