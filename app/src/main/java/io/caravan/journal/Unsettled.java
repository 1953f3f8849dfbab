package io.caravan.journal;

/**
 * What an older epoch left of one attempt: its last line.
 *
 * @param epoch  of the segment that the line stands in
 * @param bootId likewise
 */
public record Unsettled(Entry entry, Line last, int epoch, String bootId) {

    /** What became of it, seen from a machine whose boot id is {@code bootIdNow}. */
    public Aftermath aftermath(String bootIdNow) {
        return Aftermath.of(last, bootId.equals(bootIdNow));
    }
}
