package io.caravan.shaping;

import java.util.Arrays;
import java.util.Locale;

/** Where in a session a refusal was said: the same words mean one thing of a recipient and another of the mail itself. */
public enum Verb {
    /** The connection or its greeting. */
    CONNECT, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA,
    /** The mail itself: the answer after the final dot. */
    DOT,
    /** Nobody has told, as in reports of others. */
    UNKNOWN;

    /** By the word that a result brings. */
    public static Verb of(String said) {
        return switch (said.toLowerCase(Locale.ROOT)) {
            case "connecting", "greeting" -> CONNECT;
            case "final dot", "content" -> DOT;
            default -> Arrays.stream(values()).filter(verb -> verb.name().equalsIgnoreCase(said)).findFirst()
                    .orElse(UNKNOWN);
        };
    }

    /** True until somebody has named a recipient: nothing that is said before can be a person's fault. */
    boolean isBeforeRecipient() {
        return compareTo(RCPT) < 0;
    }
}
