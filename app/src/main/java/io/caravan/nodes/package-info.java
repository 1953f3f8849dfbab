/**
 * Who is running: a row for each data folder, with an epoch for each start and a lease that is renewed while it lives.
 *
 * <p>Begin at {@link io.caravan.nodes.Nodes#start}; before each mail ask {@link io.caravan.nodes.Lease#fresh()}. This room owns the tables
 * {@code node} and {@code installation}. It never starts a thread: who beats the heart is decided above.
 */
@NullMarked
package io.caravan.nodes;

import org.jspecify.annotations.NullMarked;
