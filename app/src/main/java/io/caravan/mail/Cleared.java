package io.caravan.mail;

/**
 * A finished mail that the gate let through. Sending takes nothing else, and only {@link Gate} can make one: that is how "nothing is
 * sent to a suppressed address, whatever a route says" holds.
 */
public final class Cleared {

    private final Finished mail;
    private final long checkedAtNanos;

    Cleared(Finished mail, long checkedAtNanos) {
        this.mail = mail;
        this.checkedAtNanos = checkedAtNanos;
    }

    public Finished mail() {
        return mail;
    }

    /** The moment of its check, on {@link System#nanoTime()}'s scale. */
    public long checkedAtNanos() {
        return checkedAtNanos;
    }
}
