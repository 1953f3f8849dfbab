package io.caravan.nodes;

/**
 * One life of one data folder.
 *
 * @param id    the row of the data folder, the same over restarts
 * @param epoch grows by one at each start; what carries an older one is refused
 */
public record Node(int id, int epoch) {
}
