package io.caravan.rendering;

/** Writes a compiled template for Thymeleaf's TEXT mode. No literal text can become structure in it. */
final class TextOutput {

    private final StringBuilder out = new StringBuilder();
    private final StringBuilder literal = new StringBuilder(); // not yet in out
    private final int bracket;

    TextOutput(Sites sites) {
        bracket = sites.add(new Site("text", 1, new Expression.Literal("["), null, null));
    }

    void literal(CharSequence text) {
        literal.append(text);
    }

    void value(int number) {
        flush();
        reference(number);
    }

    /** @param attributes each {@code th:name="number"} after a space */
    void open(CharSequence attributes) {
        flush();
        out.append("[#").append(attributes).append(']');
    }

    void close() {
        flush();
        out.append("[/]");
    }

    private void reference(int number) {
        out.append("[# th:").append(MailDialect.OUT).append("=\"").append(number).append("\"/]");
    }

    /** A bracket is structure only before # and /, or next to one of ours: then it becomes a value. */
    private void flush() {
        for (int i = 0; i < literal.length(); i++) {
            char c = literal.charAt(i);
            char next = i + 1 < literal.length() ? literal.charAt(i + 1) : '#';
            if (c == '[' && (next == '#' || next == '/' || next == '*')) {
                reference(bracket);
            } else {
                out.append(c);
            }
        }
        literal.setLength(0);
    }

    @Override
    public String toString() {
        flush();
        return out.toString();
    }
}
