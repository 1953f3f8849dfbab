package io.caravan.journal;

/**
 * Whose journal it is; stands at the head of each of its segments.
 *
 * @param installation the database's own id: a journal of another database is refused
 * @param node         the node's number in that database
 * @param epoch        the node's start, counted up by the database: larger than any earlier one
 * @param bootId       the machine's boot id: another one means that the power went in between
 */
public record Header(String installation, int node, int epoch, String bootId) {
}
