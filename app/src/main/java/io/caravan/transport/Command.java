package io.caravan.transport;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.BounceClass;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.Finished;

/** The envelope as commands, and what a host must offer for it. */
final class Command {

    private Command() {
    }

    /** MAIL with SIZE (RFC 1870), BODY (RFC 6152) and SMTPUTF8 (RFC 6531), each only where offered and of use. */
    static String mail(Finished mail, Session session) {
        StringBuilder command = new StringBuilder(120).append("MAIL FROM:<").append(mail.envelope().sender())
                .append('>');
        if (session.can().sizeKnown()) {
            command.append(" SIZE=").append(mail.size());
        }
        if (session.can().eightBit() && Content.isEightBit(mail.content())) {
            command.append(" BODY=8BITMIME");
        }
        if (mail.envelope().recipient().needsSmtpUtf8()) {
            command.append(" SMTPUTF8");
        }
        return command.toString();
    }

    /** The address as the person wrote it, but the domain as A-label unless it was ASCII anyway (RFC 5891). */
    static String rcpt(Finished mail) {
        EmailAddress to = mail.envelope().recipient();
        String written = to.written();
        int at = written.lastIndexOf('@');
        return "RCPT TO:<" + (isAscii(written, at + 1) ? written : written.substring(0, at + 1) + to.domain()) + '>';
    }

    private static boolean isAscii(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) > 127) {
                return false;
            }
        }
        return true;
    }

    /** Why this mail can go by no host at all; null: nothing is wrong with it. */
    static @Nullable DeliveryResult flaw(Finished mail) {
        return hasControls(mail.envelope().sender()) || hasControls(mail.envelope().recipient().written())
                ? new DeliveryResult.Failed("a control character stands in the envelope: nothing was sent")
                : null;
    }

    /** Why this mail cannot go by this host; null: it can. */
    static @Nullable DeliveryResult unfit(Finished mail, Session session) {
        Capabilities can = session.can();
        String relay = session.relay().title();
        if (can.size() > 0 && mail.size() > can.size()) {
            return new DeliveryResult.Bounced(session.relay().host(), "5.3.4",
                    relay + " takes mails up to " + can.size() + " bytes, this one has " + mail.size(),
                    BounceClass.SOFT);
        }
        if (mail.envelope().recipient().needsSmtpUtf8() && !can.smtpUtf8()) {
            if (session.relay().isExchanger()) { // RFC 6531 section 3.5
                return new DeliveryResult.Bounced(session.relay().host(), "5.6.7",
                        "the address needs SMTPUTF8 (RFC 6531), which " + relay + " does not offer",
                        BounceClass.SOFT);
            }
            return new DeliveryResult.Failed("the address needs SMTPUTF8 (RFC 6531), which " + relay
                    + " does not offer: route its domain to a relay that does");
        }
        if (!can.eightBit() && Content.isEightBit(mail.content())) {
            return new DeliveryResult.Failed("the mail is 8bit, and " + relay
                    + " does not offer 8BITMIME (RFC 6152): encode it as quoted-printable or base64");
        }
        return null;
    }

    private static boolean hasControls(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) == 127) {
                return true;
            }
        }
        return false;
    }
}
