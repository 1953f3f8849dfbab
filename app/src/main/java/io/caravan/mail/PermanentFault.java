package io.caravan.mail;

import org.jspecify.annotations.Nullable;

/** Trying again unchanged cannot help: a person must change something first. */
public non-sealed class PermanentFault extends Fault {

    public PermanentFault(String message) {
        super(message, null);
    }

    public PermanentFault(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
