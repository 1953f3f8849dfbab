/**
 * {@code /connections}: who this node is connected to, who gives no service and why, and what the other nodes have in their hands.
 *
 * <p>Begin at {@link io.caravan.web.connections.ConnectionsPage}. Decides nothing and changes nothing.
 */
@NullMarked
package io.caravan.web.connections;

import org.jspecify.annotations.NullMarked;
