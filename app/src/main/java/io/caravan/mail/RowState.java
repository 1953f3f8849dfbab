package io.caravan.mail;

import java.util.Locale;

/**
 * The state of one recipient's row in the ledger. {@code SENDING} is never stored: it means "not yet settled inside an open
 * batch" and is derived when read.
 */
public enum RowState {
    PENDING(false), SENDING(false), DEFERRED(false), ACCEPTED(true), BOUNCED(true), COMPLAINED(true), EXPIRED(
            true), SUPPRESSED(
                    true), FAILED(true), CANCELLED(true), IN_DOUBT(false);

    private final boolean isFinal;

    RowState(boolean isFinal) {
        this.isFinal = isFinal;
    }

    public boolean isFinal() {
        return isFinal;
    }

    /** As people type and read it: {@code in_doubt}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static RowState of(String word) {
        for (RowState state : values()) {
            if (state.word().equals(word)) {
                return state;
            }
        }
        throw new InvalidInput(
                "there is no state '" + word + "'; the states are pending, sending, deferred, accepted, bounced, "
                        + "complained, expired, suppressed, failed, cancelled, in_doubt");
    }
}
