package io.caravan.mail;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

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

    /**
     * The same mail, as cleared as before, with fields before its header: how a signature gets in after the gate.
     *
     * @param fields whole fields, each ended by CRLF
     */
    public Cleared signed(byte[] fields) {
        List<byte[]> content = new ArrayList<>(mail.content().size() + 1);
        content.add(fields);
        content.addAll(mail.content());
        return new Cleared(new Finished(mail.row(), mail.batch(), mail.attempt(), mail.envelope(), mail.identity(),
                mail.list(), mail.route(), mail.messageId(), Collections.unmodifiableList(content)), checkedAtNanos);
    }

    /** The moment of its check, on {@link System#nanoTime()}'s scale. */
    public long checkedAtNanos() {
        return checkedAtNanos;
    }
}
