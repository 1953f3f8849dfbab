package io.caravan.mail;

import org.jspecify.annotations.Nullable;

/** Trying again later may help. */
public non-sealed class TemporaryFault extends Fault {

    public TemporaryFault(String message) {
        super(message, null);
    }

    public TemporaryFault(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
