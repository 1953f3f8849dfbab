package io.caravan.mail;

/**
 * What becomes of a mail whose answer was lost after the final dot: {@code HOLD} waits for evidence or a person (at most once),
 * {@code RESEND} sends the same bytes again (at least once).
 */
public enum InDoubtPolicy {
    HOLD, RESEND
}
