package io.caravan.mail;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The gate between finished mail and sending: asks who must not be mailed, for many at once, and makes {@link Cleared} of the rest.
 *
 * <p>The constructor of {@code Cleared} is closed to everyone else, so a route that leaves the gate out has nothing that it could send.
 */
public final class Gate {

    /** Who must not be mailed, asked in bulk. */
    @FunctionalInterface
    public interface Register {
        /** For each of the mails whose recipient is suppressed (globally, for its identity or its list): why, as {@code suppression:ID}. */
        Map<RowId, String> suppressed(List<Finished> mails);
    }

    /** What the gate made of a batch: those that may go, and the others with the reason. */
    public record Passage(List<Cleared> cleared, Map<RowId, String> suppressed) {
    }

    private final Register register;

    public Gate(Register register) {
        this.register = register;
    }

    public Passage pass(List<Finished> mails) {
        long asked = System.nanoTime(); // before the question: what is committed after it is the feed's to find
        Map<RowId, String> suppressed = register.suppressed(mails);
        List<Cleared> cleared = new ArrayList<>(mails.size());
        for (Finished mail : mails) {
            if (!suppressed.containsKey(mail.row())) {
                cleared.add(new Cleared(mail, asked));
            }
        }
        return new Passage(cleared, suppressed);
    }
}
