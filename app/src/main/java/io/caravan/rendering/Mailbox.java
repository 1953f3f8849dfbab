package io.caravan.rendering;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;

/** A display name and an address, {@code Ana's Shop <news@shop.example>} (RFC 5322 section 3.4). */
record Mailbox(String display, String address) {

    /** @throws InvalidInput saying what is wrong */
    static Mailbox parse(String written) {
        String text = written.strip();
        if (text.chars().anyMatch(c -> Headers.unfit((char) c))) {
            throw new InvalidInput("a control character in '" + Headers.clean(text) + "'; take it out");
        }
        int open = text.lastIndexOf('<');
        if (open < 0) {
            return new Mailbox("", address(text));
        }
        if (!text.endsWith(">")) {
            throw new InvalidInput("'" + text + "' does not end with >; write Name <name@example.com>");
        }
        return new Mailbox(unquoted(text.substring(0, open).strip()),
                address(text.substring(open + 1, text.length() - 1)));
    }

    private static String address(String written) {
        return ascii(EmailAddress.parse(written.strip()).written());
    }

    private static String unquoted(String display) {
        boolean quoted = display.length() > 1 && display.startsWith("\"") && display.endsWith("\"");
        return quoted ? display.substring(1, display.length() - 1).replaceAll("\\\\(.)", "$1") : display;
    }

    /** The address with its domain as A-labels, as headers want it: the same ones that the envelope and the signature have. */
    static String ascii(String address) {
        int at = address.lastIndexOf('@');
        if (Headers.isAscii(address, at + 1)) {
            return address;
        }
        try {
            return address.substring(0, at + 1) + EmailAddress.parse("a" + address.substring(at)).domain();
        } catch (InvalidInput e) {
            return address;
        }
    }

    /**
     * The person as recipient.
     *
     * @throws RenderingFault if the address could be read as anything but one address; it was parsed when it came in, so this is a fault
     */
    static Mailbox of(String address, @Nullable String name) {
        if (!single(address)) {
            throw new RenderingFault("header To:1: the recipient's address is not one plain address; import it again");
        }
        return new Mailbox(name == null ? "" : name, ascii(address));
    }

    private static boolean single(String address) {
        int at = address.lastIndexOf('@');
        boolean quoted = at > 1 && address.charAt(0) == '"' && address.charAt(at - 1) == '"';
        if (at < 1 || at == address.length() - 1 || address.length() > EmailAddress.LONGEST) {
            return false;
        }
        for (int i = 0; i < address.length(); i++) {
            char c = address.charAt(i);
            boolean inside = quoted && i > 0 && i < at - 1;
            if (inside && c == '\\') {
                i++; // a quoted pair: what follows is a character, whatever it is
                if (i >= at - 1 || Headers.unfit(address.charAt(i))) {
                    return false;
                }
            } else if (inside ? c == '"' || Headers.unfit(c) : i != at && !plain(c, quoted && i < at)) {
                return false;
            }
        }
        return true;
    }

    private static boolean plain(char c, boolean quote) {
        return c == '"'
                ? quote
                : c > ' ' && !Headers.unfit(c) && !Character.isWhitespace(c) && !Character.isSpaceChar(c)
                        && "<>(),;:\\@".indexOf(c) < 0;
    }
}
