/**
 * What people drop: CSV files, read into rows that say why they cannot be taken, and campaign files.
 *
 * <p>Begin at {@link io.caravan.intake.CsvSource#open} for a CSV file (encoding, delimiter and header found, bounds held, then its rows)
 * and at {@link io.caravan.intake.CampaignFile} for a campaign file. A file that cannot be taken as a whole is refused before anything of
 * it is; a bad row never takes good ones with it. This room keeps nothing, moves no file and knows no database.
 */
@NullMarked
package io.caravan.intake;

import org.jspecify.annotations.NullMarked;
