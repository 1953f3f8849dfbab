package io.caravan.journal;

import io.caravan.mail.BatchId;
import io.caravan.mail.RowId;

/**
 * What a line is about: one attempt for one row.
 *
 * @param attempt 1 for the first
 */
public record Entry(BatchId batch, RowId row, int attempt) {
}
