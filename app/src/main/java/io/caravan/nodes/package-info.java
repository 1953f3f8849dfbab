/**
 * Who is running: a row for each data folder, with an epoch for each start and a lease that is renewed while it lives.
 *
 * <p>Begin at {@link io.caravan.nodes.Nodes#start}; before each mail ask {@link io.caravan.nodes.Lease#fresh()}. What one node
 * does at a time is in {@link io.caravan.nodes.Turns}. The answers to
 * requests that may come twice are in {@link io.caravan.nodes.KeyedRequests}. This room owns the tables {@code node}, {@code turn},
 * {@code request_key} and {@code installation}. It never starts a thread: who beats the heart is decided above.
 */
@NullMarked
package io.caravan.nodes;

import org.jspecify.annotations.NullMarked;
