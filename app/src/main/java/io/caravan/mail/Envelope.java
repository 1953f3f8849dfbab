package io.caravan.mail;

/**
 * The envelope of one mail: one sender and one recipient (RFC 5321 section 2.3.1).
 *
 * @param sender    the envelope sender's mailbox without angle brackets, {@code ""} for the null sender
 * @param recipient whom RCPT TO names, as the person wrote the address
 */
public record Envelope(String sender, EmailAddress recipient) {
}
