package io.caravan.journal;

/**
 * What an older epoch left of one attempt: how far it came.
 *
 * @param last   the line that tells most
 * @param epoch  of the segment that the line stands in
 * @param bootId likewise
 */
public record Unsettled(Entry entry, Line last, int epoch, String bootId) {

    /**
     * Of two lines about one attempt the one that tells more, of equals the one that was read later. A line that tells less may be read
     * later all the same: {@link Chain#mend} copies lines, and a kill may end the copy, and a batch that a workflow sends twice is
     * <i>ready</i> twice.
     */
    Unsettled or(Unsettled later) {
        return later.last.stage() >= last.stage() ? later : this;
    }

    /** What became of it, seen from a machine whose boot id is {@code bootIdNow}. */
    public Aftermath aftermath(String bootIdNow) {
        return Aftermath.of(last, bootId.equals(bootIdNow));
    }
}
