package io.caravan.flow;

import java.util.List;

import org.jspecify.annotations.Nullable;

/** The configuration's values as routes see them in {@code {{key}}}. */
@FunctionalInterface
public interface RouteProperties {

    /** Keys whose value is reckoned from others when nobody sets them, so that Camel cannot find it in the environment. */
    List<String> RECKONED = List.of("caravan.drop", "caravan.batches.workers");

    /** The value, or null if the key is not set. */
    @Nullable
    String value(String key);
}
