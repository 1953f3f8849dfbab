package io.caravan.suppression;

import java.util.Locale;

import io.caravan.mail.InvalidInput;

/** What led to a suppression. */
public enum Reason {
    UNSUBSCRIBE, HARD_BOUNCE, COMPLAINT, MANUAL, IMPORT;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Reason of(String word) {
        for (Reason reason : values()) {
            if (reason.word().equals(word)) {
                return reason;
            }
        }
        throw new InvalidInput("there is no suppression reason '" + word
                + "'; the reasons are unsubscribe, hard_bounce, complaint, manual, import");
    }
}
