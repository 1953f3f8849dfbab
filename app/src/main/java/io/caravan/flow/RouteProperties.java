package io.caravan.flow;

import org.jspecify.annotations.Nullable;

/** The configuration's values as routes see them in {@code {{key}}}. */
@FunctionalInterface
public interface RouteProperties {

    /** The value, or null if the key is not set. */
    @Nullable
    String value(String key);
}
