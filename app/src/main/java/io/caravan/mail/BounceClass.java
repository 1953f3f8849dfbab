package io.caravan.mail;

import java.util.Locale;

/**
 * Whose fault a refusal is: {@code HARD} the address is no good (suppress it), {@code SOFT} the mailbox or the message at this time,
 * {@code POLICY} the sender's standing or content (RFC 3463 X.7.x); the last two never suppress a person.
 */
public enum BounceClass {
    HARD, SOFT, POLICY;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
