package io.caravan.web.audience;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.caravan.web.Words;

/** A time as pages show it: for the script, and in words (UTC) for who has none. */
public record Moment(String iso, String words) {

    static Moment of(Instant instant) {
        return new Moment(instant.toString(), Words.time(instant));
    }

    static @Nullable Moment orNone(@Nullable Instant instant) {
        return instant == null ? null : of(instant);
    }
}
