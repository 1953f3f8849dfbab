/**
 * Wiring: settings, secrets, the embedded database and what a start needs before the first room wakes.
 *
 * <p>Begin at {@link io.caravan.config.CaravanProperties} (every {@code caravan.*} key), {@link io.caravan.config.EmbeddedDatabase} (the
 * server that runs when no URL is given) and {@link io.caravan.config.Starter} (the two Spring contexts). It never decides anything about
 * mail: no SQL but for the checks of a database at start.
 */
@NullMarked
package io.caravan.config;

import org.jspecify.annotations.NullMarked;
