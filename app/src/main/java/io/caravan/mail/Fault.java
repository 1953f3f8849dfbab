package io.caravan.mail;

import org.jspecify.annotations.Nullable;

/** The root of what can go wrong in Caravan. The message says what was tried, for whom, and what to do. */
public abstract sealed class Fault extends RuntimeException permits TemporaryFault, PermanentFault {

    protected Fault(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
