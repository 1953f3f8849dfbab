package io.caravan.rendering;

import java.util.ArrayList;
import java.util.List;

/**
 * A style sheet read as far as mail needs it (CSS Syntax, section 5): rules that elements can carry themselves, and the rest.
 *
 * @param rules in order
 * @param rest  what only a style sheet can say: at-rules, pseudo-classes, and what we do not understand
 */
record StyleSheet(List<Rule> rules, String rest) {

    record Rule(String selector, int specificity, List<Declaration> declarations) {
    }

    record Declaration(String property, String value, boolean important) {
    }

    static StyleSheet parse(String css) {
        return new Reading(withoutComments(css).replace("<!--", "").replace("-->", "")).read();
    }

    private static String withoutComments(String css) {
        StringBuilder bare = new StringBuilder();
        int from = 0;
        for (int open = css.indexOf("/*"); open >= 0; open = css.indexOf("/*", from)) {
            bare.append(css, from, open);
            int close = css.indexOf("*/", open + 2);
            from = close < 0 ? css.length() : close + 2;
        }
        return bare.append(css, from, css.length()).toString();
    }

    private static final class Reading {
        private final String css;
        private final List<Rule> rules = new ArrayList<>();
        private final StringBuilder rest = new StringBuilder();
        private int at;

        Reading(String css) {
            this.css = css;
        }

        StyleSheet read() {
            while (at < css.length()) {
                int start = at;
                int end = until(css, start, "{;");
                boolean rule = end < css.length() && css.charAt(end) == '{';
                String head = css.substring(start, end).strip();
                int close = rule ? until(css, end + 1, "}") : end;
                at = Math.min(close + 1, css.length());
                if (rule && close < css.length() && !head.startsWith("@")) {
                    rule(head, css.substring(end + 1, close));
                } else if (!head.isEmpty()) {
                    rest.append(css.substring(start, at).strip()).append('\n');
                }
            }
            return new StyleSheet(rules, rest.toString());
        }

        private void rule(String head, String body) {
            List<Declaration> declarations = declarations(body);
            List<String> kept = new ArrayList<>();
            for (String selector : split(head, ',')) {
                if (selector.contains(":") || selector.isEmpty()) {
                    kept.add(selector);
                } else {
                    rules.add(new Rule(selector, specificity(selector), declarations));
                }
            }
            if (!kept.isEmpty()) {
                rest.append(String.join(", ", kept)).append(" {").append(body.strip()).append("}\n");
            }
        }
    }

    static List<Declaration> declarations(String body) {
        List<Declaration> declarations = new ArrayList<>();
        for (String one : split(body, ';')) {
            int colon = one.indexOf(':');
            if (colon > 0) {
                String value = one.substring(colon + 1).strip();
                String bare = value.replaceFirst("(?i)\\s*!\\s*important$", "");
                String property = one.substring(0, colon).strip();
                declarations.add(new Declaration(
                        property.startsWith("--") ? property : property.toLowerCase(java.util.Locale.ROOT), bare,
                        bare.length() != value.length()));
            }
        }
        return declarations;
    }

    private static List<String> split(String text, char sign) {
        List<String> parts = new ArrayList<>();
        for (int from = 0; from <= text.length();) {
            int end = until(text, from, String.valueOf(sign));
            parts.add(text.substring(from, end).strip());
            from = end + 1;
        }
        return parts;
    }

    /** Where one of the signs stands next, outside of texts and brackets; the text's length if none does. */
    private static int until(String text, int from, String signs) {
        int depth = 0;
        char quote = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (depth == 0 && signs.indexOf(c) >= 0) {
                return i;
            } else if (c == '(' || c == '[' || c == '{') {
                depth++;
            } else if ((c == ')' || c == ']' || c == '}') && depth > 0) {
                depth--;
            }
        }
        return text.length();
    }

    /** Selectors Level 4, section 17: ids, then classes and attributes, then elements. */
    static int specificity(String selector) {
        String bare = selector.replaceAll("\\[[^]]*]", ".a");
        int ids = (int) bare.chars().filter(c -> c == '#').count();
        int classes = (int) bare.chars().filter(c -> c == '.').count();
        int elements = 0;
        for (String word : bare.split("[\\s>+~]+")) {
            elements += !word.isEmpty() && Character.isLetter(word.charAt(0)) ? 1 : 0;
        }
        return ids * 1_000_000 + classes * 1_000 + elements;
    }
}
