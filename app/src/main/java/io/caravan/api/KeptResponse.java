package io.caravan.api;

import java.io.IOException;

import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.web.util.ContentCachingResponseWrapper;

/** Holds an answer back until it is kept. */
final class KeptResponse extends ContentCachingResponseWrapper {

    /** Bytes; a larger answer is given, but not kept. */
    static final int MOST = 4 << 20;

    private boolean refused;

    KeptResponse(HttpServletResponse response) {
        super(response);
    }

    /** The container will answer in its own way: no controller did anything. */
    boolean refused() {
        return refused;
    }

    @Override
    public void sendError(int status) throws IOException {
        refused = true;
        super.sendError(status);
    }

    @Override
    public void sendError(int status, @Nullable String message) throws IOException {
        refused = true;
        super.sendError(status, message == null ? "" : message);
    }
}
