package io.caravan.mail;

/**
 * A strict SMTP mailbox, {@code local-part@domain} (RFC 5321 section 4.1.2, RFC 6531 section 3.3).
 *
 * <p>{@code written} is the form that the person gave and that RCPT TO names; only a domain that is not ASCII stands there as its A-label, so
 * that a host without SMTPUTF8 can take it. {@code canonical} is the key for duplicates, suppressions and exclusions: domain as A-label
 * in lower case, local part NFC and lower case, quotes only where it must have them.
 *
 * @param domain the domain as A-label, lower case
 */
public record EmailAddress(String written, String canonical, String domain) {

    /** Longest path without angle brackets (RFC 5321 section 4.5.3.1.3). */
    public static final int LONGEST = 254;

    /** @throws InvalidInput saying what is wrong, the address in quotes */
    public static EmailAddress parse(String text) {
        return AddressParser.parse(text);
    }

    /** For addresses that were parsed when they came in and are read back from the ledger. */
    public static EmailAddress trusted(String written, String canonical) {
        return new EmailAddress(written, canonical, canonical.substring(canonical.lastIndexOf('@') + 1));
    }

    /** True if it can only be sent to a host that offers SMTPUTF8 (RFC 6531): its local part is not ASCII. */
    public boolean needsSmtpUtf8() {
        int at = written.lastIndexOf('@');
        for (int i = 0; i < at; i++) { // asked for every mail: a stream costs ten times as much
            if (written.charAt(i) > 126) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return written;
    }
}
