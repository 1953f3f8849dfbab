package io.caravan.campaign;

import java.util.Locale;

/**
 * Why a run was opened, and so whom it mails: {@code FIRST} a schedule or a first start, everybody; {@code AGAIN} everybody once more;
 * {@code NEW} those without a row in earlier runs; {@code RESEND} those whom earlier runs did not reach.
 */
public enum RunKind {
    FIRST, AGAIN, NEW, RESEND;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static RunKind of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
