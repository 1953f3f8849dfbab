package io.caravan.rendering;

import io.caravan.mail.PermanentFault;

/** One mail could not be made. The message is {@code template:line: what}; it never holds data of the person. */
public final class RenderingFault extends PermanentFault {

    RenderingFault(String message) {
        super(message, null);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this; // says all in its message, and may come once per recipient
    }
}
