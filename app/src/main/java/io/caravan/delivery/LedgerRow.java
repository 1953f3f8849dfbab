package io.caravan.delivery;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.RowId;
import io.caravan.mail.RowState;

/** One row of the ledger as people read it; {@code SENDING} is already derived. */
public record LedgerRow(RowId row, String address, RowState state, String reason, int attempts, String host,
        String status, String reply,
        @Nullable Instant firstAttempt, @Nullable Instant lastAttempt) {
}
