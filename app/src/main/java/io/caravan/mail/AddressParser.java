package io.caravan.mail;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads a mailbox as SMTP has it (RFC 5321 section 4.1.2, RFC 6531 section 3.3) and nothing more: no display names, comments, groups,
 * source routes, folding or obsolete forms (RFC 5322), for these may stand in a header but not in RCPT TO.
 *
 * <p>Two spellings of one mailbox must have one canonical form, or a suppression could be walked around: {@code "ana"@example.org} is
 * {@code ana@example.org}, and a U-label is its A-label.
 */
final class AddressParser {

    private static final int LONGEST_LOCAL = 64;
    private static final int LONGEST_QUOTED = 80;
    private static final String ATEXT = "!#$%&'*+-/=?^_`{|}~";

    private final String text;
    private int at;

    private AddressParser(String text) {
        this.text = text;
    }

    static EmailAddress parse(String text) {
        return new AddressParser(text).mailbox();
    }

    private EmailAddress mailbox() {
        refuseTheObvious();
        boolean quoted = text.charAt(0) == '"';
        String meaning = quoted ? quotedLocal() : dottedLocal();
        String typed = text.substring(0, at);
        if (octets(typed) > LONGEST_LOCAL) {
            throw wrong("more than " + LONGEST_LOCAL + " octets before the @ in");
        }
        String name = text.substring(at + 1);
        boolean plain = isAscii(name);
        String domain = domain(name);
        String written = plain ? text : typed + "@" + domain;
        String canonical = canonicalLocal(meaning, quoted) + "@" + domain;
        if (octets(written) > EmailAddress.LONGEST || octets(canonical) > EmailAddress.LONGEST) {
            throw wrong("more than " + EmailAddress.LONGEST + " octets in");
        }
        return new EmailAddress(written, canonical, domain);
    }

    private void refuseTheObvious() {
        if (text.isEmpty()) {
            throw new InvalidInput("no address: the cell is empty");
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == 127) {
                throw wrong("control character U+%04X in".formatted((int) c));
            }
        }
        if (text.indexOf('@') < 0) {
            throw wrong("no @ in");
        }
        if (text.charAt(0) == ' ' || text.endsWith(" ")) {
            throw wrong("space around the address in");
        }
        if (text.endsWith(">")) {
            throw wrong("give the address alone, without name and angle brackets, in");
        }
    }

    /** Dot-string: atoms joined by single dots. Leaves {@code at} on the @. */
    private String dottedLocal() {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '@') {
                at = i;
                if (i == 0) {
                    throw wrong("nothing before the @ in");
                }
                if (text.charAt(i - 1) == '.') {
                    throw wrong("a dot just before the @ in");
                }
                return text.substring(0, i);
            }
            if (c == '.') {
                if (i == 0 || text.charAt(i - 1) == '.') {
                    throw wrong(i == 0 ? "a dot at the start of" : "two dots in a row in");
                }
            } else if (c > 127) {
                i += visible(i) - 1;
            } else if (!isAlphanumeric(c) && ATEXT.indexOf(c) < 0) {
                throw wrong(c == '(' ? "a comment in" : "'" + c + "' before the @ in");
            }
        }
        throw wrong("no @ in");
    }

    /** Quoted-string; returns its content without quotes and backslashes. Leaves {@code at} on the @. */
    private String quotedLocal() {
        StringBuilder content = new StringBuilder();
        int i = 1;
        while (i < text.length() && text.charAt(i) != '"') {
            if (text.charAt(i) == '\\' && i + 1 < text.length() && text.charAt(i + 1) <= 126) {
                i++;
            } else if (text.charAt(i) == '\\') {
                throw wrong("a backslash before something that needs none in");
            }
            int length = text.charAt(i) > 127 ? visible(i) : 1;
            content.append(text, i, i + length);
            i += length;
        }
        if (i >= text.length()) {
            throw wrong("a quote that is not closed in");
        }
        if (i + 1 >= text.length() || text.charAt(i + 1) != '@') {
            throw wrong("no @ right after the closing quote in");
        }
        at = i + 1;
        return content.toString();
    }

    /**
     * Length in chars of the code point, which must be one of a written language: RFC 6531 allows any, but no host gives out names with
     * invisible characters or symbols (RFC 8265 section 3), and they are what broken encodings and traps are made of.
     */
    private int visible(int index) {
        int point = text.codePointAt(index);
        switch (Character.getType(point)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
                    Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                throw wrong(
                        "invisible character U+%04X in".formatted(point));
            case Character.OTHER_SYMBOL, Character.MATH_SYMBOL, Character.CURRENCY_SYMBOL, Character.MODIFIER_SYMBOL ->
                throw wrong(
                        "symbol U+%04X in".formatted(point));
            default -> {
                return Character.charCount(point);
            }
        }
    }

    /** Only what needs quotes keeps them, with no more backslashes than it must have. */
    private static String canonicalLocal(String meaning, boolean quoted) {
        String low = meaning.toLowerCase(Locale.ROOT);
        String local = isAscii(low) ? low : Normalizer.normalize(low, Normalizer.Form.NFC);
        if (!quoted || isDotted(local)) {
            return local;
        }
        return '"' + local.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static boolean isDotted(String local) {
        for (int i = 0; i < local.length(); i++) {
            char c = local.charAt(i);
            boolean innerDot = c == '.' && i > 0 && i < local.length() - 1 && local.charAt(i - 1) != '.';
            if (!innerDot && !isAlphanumeric(c) && c < 128 && ATEXT.indexOf(c) < 0) {
                return false;
            }
        }
        return !local.isEmpty();
    }

    private String domain(String name) {
        if (name.isEmpty()) {
            throw wrong("nothing after the @ in");
        }
        if (name.charAt(0) == '[') {
            return AddressLiteral.read(name, this);
        }
        if (name.endsWith(".")) {
            throw wrong("a dot at the end of");
        }
        String domain = isAscii(name) ? name.toLowerCase(Locale.ROOT) : aLabels(name);
        checkLabels(domain);
        return domain;
    }

    private void checkLabels(String domain) {
        int start = 0;
        for (int i = 0; i <= domain.length(); i++) {
            char c = i < domain.length() ? domain.charAt(i) : '.';
            if (c == '.') {
                checkLabel(domain, start, i);
                start = i + 1;
            } else if (c == '@') {
                throw wrong("more than one @ in");
            } else if (!isAlphanumeric(c) && c != '-') {
                throw wrong(c == '(' ? "a comment in" : "'" + c + "' in the domain of");
            }
        }
        if (domain.lastIndexOf('.') == domain.length() - 2 && domain.charAt(domain.length() - 1) > '9') {
            throw wrong("a top-level domain of one letter, which does not exist, in");
        }
    }

    private void checkLabel(String domain, int start, int end) {
        if (start == end) {
            throw wrong(start == 0 ? "a dot just after the @ in" : "two dots in a row in");
        }
        if (end - start > 63) {
            throw wrong("a domain label of more than 63 octets in");
        }
        if (domain.charAt(start) == '-' || domain.charAt(end - 1) == '-') {
            throw wrong("a domain label that begins or ends with a hyphen in");
        }
    }

    /**
     * Every U-label as its A-label, by IDNA 2008 (RFC 5891) with the usual mapping to lower case (RFC 5895). The JDK's own converter is
     * IDNA 2003, for which {@code straße} is {@code strasse}: another domain, perhaps another owner.
     */
    private String aLabels(String name) {
        String mapped = Normalizer.normalize(Normalizer.normalize(name, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT),
                Normalizer.Form.NFKC).replace('\u3002', '.');
        List<String> labels = new ArrayList<>();
        for (String label : mapped.split("\\.", -1)) {
            if (isAscii(label)) {
                labels.add(label);
                continue;
            }
            label.codePoints().forEach(this::requireLetter);
            if (label.codePointCount(0, label.length()) == 1
                    && labels.size() == mapped.chars().filter(c -> c == '.').count()) {
                throw wrong("a top-level domain of one letter, which does not exist, in");
            }
            if (Character.getType(label.codePointAt(0)) == Character.NON_SPACING_MARK) {
                throw wrong("a domain label that begins with a combining mark in");
            }
            labels.add("xn--" + Punycode.encode(label));
        }
        return String.join(".", labels);
    }

    private void requireLetter(int point) {
        boolean middle = point == 0xB7 || point == 0x375 || point == 0x5F3 || point == 0x5F4 || point == 0x30FB;
        switch (Character.getType(point)) {
            case Character.LOWERCASE_LETTER, Character.OTHER_LETTER, Character.MODIFIER_LETTER,
                    Character.NON_SPACING_MARK,
                    Character.COMBINING_SPACING_MARK, Character.DECIMAL_DIGIT_NUMBER ->
                {
                }
            default -> {
                if (point != '-' && !middle) {
                    throw wrong(point == '@'
                            ? "more than one @ in"
                            : "U+%04X, which no domain may have (RFC 5892), in".formatted(point));
                }
            }
        }
    }

    InvalidInput wrong(String what) {
        String shown = text.length() <= LONGEST_QUOTED ? text : text.substring(0, LONGEST_QUOTED) + "...";
        StringBuilder safe = new StringBuilder(what).append(" '");
        shown.codePoints().forEach(c -> {
            if (Character.isISOControl(c) || c == 0x2028 || c == 0x2029 || Character.getType(c) == Character.FORMAT
                    || Character.getType(c) == Character.SURROGATE) {
                safe.append("\\u%04X".formatted(c));
            } else {
                safe.appendCodePoint(c);
            }
        });
        return new InvalidInput(safe.append('\'').toString());
    }

    private static boolean isAlphanumeric(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 127) {
                return false;
            }
        }
        return true;
    }

    private static int octets(String text) {
        return isAscii(text) ? text.length() : text.getBytes(StandardCharsets.UTF_8).length;
    }
}
