package io.caravan.delivery;

/**
 * Which mail of the queue is meant.
 *
 * @param run      its id; 0: of every run
 * @param identity who sends; empty: whoever
 * @param provider of the lane, {@code *} for the small ones; empty: whichever
 * @param domain   of the recipient, as an A-label in lower case; empty: whichever
 */
public record QueueFilter(long run, String identity, String provider, String domain) {

    public static final QueueFilter ALL = new QueueFilter(0, "", "", "");

    /** True if nothing is asked of the mail. */
    public boolean isAll() {
        return equals(ALL);
    }

    /** True if all that the other names is named by this one, too. */
    public boolean covers(QueueFilter other) {
        return (run == 0 || run == other.run) && covers(identity, other.identity) && covers(provider, other.provider)
                && covers(domain, other.domain);
    }

    /** True if some mail may be named by both. */
    public boolean meets(QueueFilter other) {
        return (run == 0 || other.run == 0 || run == other.run) && meets(identity, other.identity)
                && meets(provider, other.provider) && meets(domain, other.domain);
    }

    /** True for a lane of a run, whatever the domain. */
    public boolean hasLane(long ofRun, String ofIdentity, String ofProvider) {
        return (run == 0 || run == ofRun) && covers(identity, ofIdentity) && covers(provider, ofProvider);
    }

    private static boolean meets(String one, String other) {
        return one.isEmpty() || other.isEmpty() || one.equals(other);
    }

    private static boolean covers(String all, String one) {
        return all.isEmpty() || all.equals(one);
    }
}
