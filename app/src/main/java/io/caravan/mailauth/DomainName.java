package io.caravan.mailauth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;

/** Domain names as the checks compare and ask them: ASCII, lower case, without the last dot. */
final class DomainName {

    private static final int LONGEST_LABEL = 63;
    private static final int LONGEST = 253;

    private DomainName() {
    }

    /** True if a DNS question can be made of it: labels of 1 to 63 bytes, not longer than 253 in all. */
    static boolean canBeAsked(String name) {
        if (name.isEmpty() || name.length() > LONGEST) {
            return false;
        }
        int label = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '.') {
                if (label == 0) {
                    return false;
                }
                label = 0;
            } else if (++label > LONGEST_LABEL || c > 0x7e) {
                return false;
            }
        }
        return label > 0;
    }

    /** Letters, digits, hyphens inside, and the underscores that many selectors have (RFC 5321 section 4.1.2, RFC 6376 section 3.1). */
    static boolean isHostLike(String name) {
        if (!canBeAsked(name)) {
            return false;
        }
        for (String label : name.split("\\.")) {
            if (label.startsWith("-") || label.endsWith("-") || !label.chars().allMatch(DomainName::isHostLetter)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isHostLetter(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_';
    }

    /**
     * A name as A-labels in lower case, without its last dot (RFC 5890, RFC 8616).
     *
     * @param written as read from bytes, one character per byte, or as Unicode
     * @return empty if it is no name that can be asked
     */
    static Optional<String> ascii(String written) {
        String name = written.endsWith(".") ? written.substring(0, written.length() - 1) : written;
        if (name.chars().anyMatch(c -> c > 0x7e)) {
            try {
                name = EmailAddress.parse("a@" + decoded(name)).domain();
            } catch (InvalidInput e) {
                return Optional.empty();
            }
        }
        return canBeAsked(name) ? Optional.of(name.toLowerCase(Locale.ROOT)) : Optional.empty();
    }

    /** Header fields are read one character per byte: if those bytes are UTF-8, that is what was meant (RFC 6532). */
    private static String decoded(String text) {
        if (text.chars().anyMatch(c -> c > 0xff)) {
            return text;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1))).toString();
        } catch (CharacterCodingException e) {
            return text;
        }
    }

    static boolean isSameOrBelow(String name, String parent) {
        return name.equalsIgnoreCase(parent)
                || name.length() > parent.length() + 1 && name.charAt(name.length() - parent.length() - 1) == '.'
                        && name.regionMatches(true, name.length() - parent.length(), parent, 0, parent.length());
    }

    static int labels(String name) {
        return (int) name.chars().filter(c -> c == '.').count() + 1;
    }

    /** The last labels of a name, as many as asked for. */
    static String last(String name, int labels) {
        int at = name.length();
        for (int i = 0; i < labels && at > 0; i++) {
            at = name.lastIndexOf('.', at - 1);
        }
        return name.substring(at + 1);
    }
}
