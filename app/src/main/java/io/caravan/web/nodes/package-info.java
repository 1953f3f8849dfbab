/**
 * {@code /nodes}: who is running, what each holds, and how the database, the disk and the relays are.
 *
 * <p>Begin at {@link io.caravan.web.nodes.NodesPage}. It answers also when the database does not: that is when people look.
 */
@NullMarked
package io.caravan.web.nodes;

import org.jspecify.annotations.NullMarked;
