package io.caravan.mailauth;

/**
 * The number of an ARC-Authentication-Results field, with comments wherever they may stand:
 * {@code [CFWS] "i" [CFWS] "=" [CFWS] 1*2DIGIT [CFWS] ";"} (RFC 8617 section 4.1.1).
 */
final class ArcInstance {

    private final String text;
    private int at;

    private ArcInstance(String text) {
        this.text = text;
    }

    /** @return the digits, however many; empty if the field does not begin so */
    static String of(String value) {
        ArcInstance field = new ArcInstance(value);
        if (!field.takes('i') || !field.takes('=')) {
            return "";
        }
        field.skip();
        int from = field.at;
        while (field.at < value.length() && value.charAt(field.at) >= '0' && value.charAt(field.at) <= '9') {
            field.at++;
        }
        String digits = value.substring(from, field.at);
        return field.takes(';') ? digits : "";
    }

    private boolean takes(char c) {
        skip();
        if (at == text.length() || text.charAt(at) != c) {
            return false;
        }
        at++;
        return true;
    }

    /** White space and comments, which nest (RFC 5322 section 3.2.2); one that nobody closes goes to the end. */
    private void skip() {
        int depth = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '(') {
                depth++;
            } else if (depth == 0 && !TagList.isSpace(c)) {
                return;
            } else if (c == ')') {
                depth--;
            } else if (c == '\\' && at + 1 < text.length()) {
                at++;
            }
            at++;
        }
    }
}
