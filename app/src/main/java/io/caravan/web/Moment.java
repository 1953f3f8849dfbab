package io.caravan.web;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/** A moment for a {@code <time>}: what machines read, and words in UTC that the script rewrites in the viewer's zone. */
public record Moment(String iso, String words) {

    public static Moment at(Instant instant) {
        return new Moment(instant.toString(), Words.time(instant));
    }

    public static @Nullable Moment of(@Nullable Instant instant) {
        return instant == null ? null : at(instant);
    }
}
