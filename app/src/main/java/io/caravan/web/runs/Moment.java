package io.caravan.web.runs;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.caravan.web.Words;

/** A time for a {@code <time>}: RFC 3339, and in words. */
public record Moment(String iso, String words) {

    static Moment of(Instant at) {
        return new Moment(at.toString(), Words.time(at));
    }

    static @Nullable Moment ofNullable(@Nullable Instant at) {
        return at == null ? null : of(at);
    }
}
