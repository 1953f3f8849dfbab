package io.caravan.delivery;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.RowId;
import io.caravan.mail.RowState;

/**
 * What one attempt of a row came to, ready to be settled.
 *
 * @param attempt the attempt's number, 1 for the first: a row is settled once per attempt, by whoever comes first
 * @param at      when it was known
 * @param state   any state but pending, sending and cancelled
 * @param verb    the command that the reply answered, {@code RCPT}; {@code ""}: no host said it, or nobody remembers. Not kept
 * @param retryAt when to try again, for {@code DEFERRED} only
 * @param isAttempt true if a host was asked: what counts as an attempt
 */
public record Outcome(long batch, RowId row, int attempt, int lane, Instant at, RowState state, String reason,
        String host, String status, String reply, String verb, @Nullable Instant retryAt, boolean isAttempt) {

    /** An attempt, unless its state says that there was none. */
    public Outcome(long batch, RowId row, int attempt, int lane, Instant at, RowState state, String reason, String host,
            String status, String reply, @Nullable Instant retryAt) {
        this(batch, row, attempt, lane, at, state, reason, host, status, reply, "", retryAt);
    }

    /** The same, of a host that said it in answer to a command. */
    public Outcome(long batch, RowId row, int attempt, int lane, Instant at, RowState state, String reason, String host,
            String status, String reply, String verb, @Nullable Instant retryAt) {
        this(batch, row, attempt, lane, at, state, reason, host, status, reply, verb, retryAt,
                state != RowState.SUPPRESSED && state != RowState.FAILED);
    }
}
