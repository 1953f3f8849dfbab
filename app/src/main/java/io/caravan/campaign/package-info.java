/**
 * Campaigns, their versions and their runs: what is to be sent, and how far each sending has come.
 *
 * <p>Begin at {@link io.caravan.campaign.Campaigns#store} (a campaign file was taken), {@link io.caravan.campaign.Campaigns#act} (a person
 * wants something) and {@link io.caravan.campaign.Runs#open} (a schedule fired). What may follow what is in three tables without any SQL:
 * {@link io.caravan.campaign.CampaignRules}, {@link io.caravan.campaign.RunRules} and {@link io.caravan.campaign.Again}. It never knows who
 * is mailed, and never touches a delivery.
 */
@NullMarked
package io.caravan.campaign;

import org.jspecify.annotations.NullMarked;
