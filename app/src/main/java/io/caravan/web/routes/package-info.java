/**
 * {@code /routes}: what each route does, how it goes, and whether the files on disk could replace it.
 *
 * <p>Begin at {@link io.caravan.web.routes.RoutePages}. Routes are shown and exchanged for what lies in their folder, and never edited here:
 * a route can reach every step bean, so writing one takes access to the machine.
 */
@NullMarked
package io.caravan.web.routes;

import org.jspecify.annotations.NullMarked;
