package io.caravan.rendering;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Reads an expression, by recursive descent:
 * <pre>
 * choice   = or [ "?:" choice | "?" choice [ ":" choice ] ]
 * or       = and { "or" and }          and  = not { "and" not }         not = [ "not" | "!" ] equal
 * equal    = than { ("==" | "!=") than }                                than = sum { ("&lt;" | "&lt;=" | "&gt;" | "&gt;=") sum }
 * sum      = product { ("+" | "-") product }                            product = unary { ("*" | "/" | "%") unary }
 * unary    = [ "-" ] primary
 * primary  = number | 'text' | |text ${...}| | "true" | "false" | "null" | "(" choice ")" | "${" choice "}"
 *          | within ${...} only: name { "." name } | function "(" choice ")"
 * </pre>
 */
final class ExpressionParser {

    private static final int LONGEST = 4000;
    private static final int DEEPEST = 40;
    private static final Map<String, String> WORDS = Map.ofEntries(Map.entry("eq", "=="), Map.entry("ne", "!="),
            Map.entry("neq", "!="),
            Map.entry("lt", "<"), Map.entry("gt", ">"), Map.entry("le", "<="), Map.entry("ge", ">="),
            Map.entry("div", "/"),
            Map.entry("mod", "%"), Map.entry("and", "and"), Map.entry("or", "or"), Map.entry("not", "!"),
            Map.entry("&&", "and"));
    private static final List<String> SIGNS = List.of("?:", "==", "!=", "<=", ">=", "&&", "${", "?", ":", "<", ">", "+",
            "-", "*", "/",
            "%", "!", "(", ")", "}", ".");

    private final String source;
    private final Names names;
    private int at;
    private int depth;
    private int inside;

    private ExpressionParser(String source, Names names, int at, int depth) {
        this.source = source;
        this.names = names;
        this.at = at;
        this.depth = depth;
    }

    static Expression parse(String source, Names names) {
        if (source.length() > LONGEST) {
            throw new BadExpression("an expression of more than " + LONGEST + " characters; make it shorter,");
        }
        if (source.contains("__")) {
            throw new BadExpression("'__' (preprocessing) is not offered; take it out,");
        }
        if (source.isBlank()) {
            throw new BadExpression("an empty expression; write ${name}");
        }
        ExpressionParser parser = new ExpressionParser(source, names, 0, 0);
        Expression expression = parser.choice();
        if (!parser.peek().isEmpty()) {
            throw parser.unexpected();
        }
        return expression;
    }

    private Expression choice() {
        if (++depth > DEEPEST) {
            throw new BadExpression("an expression nested more than " + DEEPEST + " deep; make it simpler,");
        }
        Expression left = or();
        if (take("?:")) {
            left = new Expression.Default(left, choice());
        } else if (take("?")) {
            Expression then = choice();
            left = new Expression.Choice(left, then, take(":") ? choice() : new Expression.Literal(null));
        }
        depth--;
        return left;
    }

    private Expression or() {
        Expression left = and();
        while (take("or")) {
            left = new Expression.Either(left, and());
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (take("and")) {
            left = new Expression.Both(left, not());
        }
        return left;
    }

    private Expression not() {
        int turns = 0;
        while (take("!")) {
            turns++;
        }
        Expression inner = equal();
        return switch (turns) {
            case 0 -> inner;
            default -> turns % 2 == 1 ? new Expression.Not(inner) : new Expression.Not(new Expression.Not(inner));
        };
    }

    private Expression equal() {
        Expression left = than();
        while (peek().equals("==") || peek().equals("!=")) {
            left = new Expression.Compare(next(), left, than());
        }
        return left;
    }

    private Expression than() {
        Expression left = sum();
        while (peek().equals("<") || peek().equals("<=") || peek().equals(">") || peek().equals(">=")) {
            left = new Expression.Compare(next(), left, sum());
        }
        return left;
    }

    private Expression sum() {
        Expression left = product();
        while (peek().equals("+") || peek().equals("-")) {
            left = new Expression.Arithmetic(next().charAt(0), left, product());
        }
        return left;
    }

    private Expression product() {
        Expression left = unary();
        while (peek().equals("*") || peek().equals("/") || peek().equals("%")) {
            left = new Expression.Arithmetic(next().charAt(0), left, unary());
        }
        return left;
    }

    private Expression unary() {
        return take("-") ? new Expression.Arithmetic('-', new Expression.Literal(0), primary()) : primary();
    }

    private Expression primary() {
        skip();
        char c = at < source.length() ? source.charAt(at) : 0;
        if (c == '\'' || c == '"') {
            return new Expression.Literal(quoted(c));
        }
        if (c == '|') {
            return joined();
        }
        if (c >= '0' && c <= '9') {
            return new Expression.Literal(number());
        }
        if (take("(")) {
            return closed(")");
        }
        if (take("${")) {
            inside++;
            Expression inner = closed("}");
            inside--;
            return inner;
        }
        return Character.isLetter(c) || c == '_' ? word() : fail();
    }

    private Expression closed(String end) {
        Expression inner = choice();
        if (!take(end)) {
            throw unexpected();
        }
        return inner;
    }

    private Expression fail() {
        throw unexpected();
    }

    private Expression word() {
        String first = identifier();
        switch (first) {
            case "true" -> {
                return new Expression.Literal(true);
            }
            case "false" -> {
                return new Expression.Literal(false);
            }
            case "null" -> {
                return new Expression.Literal(null);
            }
            default -> {
            }
        }
        if (inside == 0) {
            throw new BadExpression(
                    "'" + first + "' is neither text nor value; write '" + first + "' or ${" + first + "}");
        }
        List<String> path = new ArrayList<>(List.of(first));
        while (at < source.length() && source.charAt(at) == '.') {
            at++;
            path.add(identifier());
        }
        return peek().equals("(") ? call(path) : names.resolve(path);
    }

    private Expression call(List<String> path) {
        String name = String.join(".", path);
        for (Function function : Function.values()) {
            if (function.name().toLowerCase(Locale.ROOT).equals(name)) {
                next();
                return new Expression.Call(function, closed(")"));
            }
        }
        throw new BadExpression("no function '" + name + "'; known are upper, lower, trim, capitalize, url");
    }

    /** A name: a letter or _ first, then also digits and -. After a dot digits alone (an index) will do. */
    private String identifier() {
        int start = at;
        while (at < source.length() && (Character.isLetterOrDigit(source.charAt(at)) || source.charAt(at) == '_')) {
            at++;
        }
        if (start == at) {
            throw unexpected();
        }
        return source.substring(start, at);
    }

    private Number number() {
        int start = at;
        while (at < source.length()
                && (source.charAt(at) >= '0' && source.charAt(at) <= '9' || source.charAt(at) == '.')) {
            at++;
        }
        BigDecimal value = Values.number(source.substring(start, at));
        if (value == null) {
            throw new BadExpression(
                    "'" + source.substring(start, at) + "' is no number; write it like 9.5, at most 40 digits,");
        }
        return value;
    }

    private String quoted(char quote) {
        StringBuilder text = new StringBuilder();
        for (at++; at < source.length(); at++) {
            char c = source.charAt(at);
            if (c == quote) {
                at++;
                return text.toString();
            }
            boolean escape = c == '\\' && at + 1 < source.length()
                    && (source.charAt(at + 1) == quote || source.charAt(at + 1) == '\\');
            text.append(escape ? source.charAt(++at) : c);
        }
        throw new BadExpression("a text without its closing " + quote + "; add it,");
    }

    private Expression joined() {
        List<Expression> parts = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (at++; at < source.length() && source.charAt(at) != '|';) {
            if (source.startsWith("${", at)) {
                parts.add(new Expression.Literal(text.toString()));
                text.setLength(0);
                parts.add(primary());
            } else if (source.startsWith("{", at + 1) && "*#@~".indexOf(source.charAt(at)) >= 0) {
                throw unexpected();
            } else {
                text.append(source.charAt(at++));
            }
        }
        if (at++ >= source.length()) {
            throw new BadExpression("a text without its closing |; add it,");
        }
        parts.add(new Expression.Literal(text.toString()));
        return new Expression.Joined(parts);
    }

    private BadExpression unexpected() {
        skip();
        if (at >= source.length()) {
            return new BadExpression("the expression ends too early; complete it,");
        }
        int[] first = source.substring(at).codePoints().limit(12).takeWhile(c -> c > ' ').toArray();
        return new BadExpression("'" + new String(first, 0, first.length)
                + "' is not understood; templates know ${names}, 'texts', numbers, comparisons, ?: and the functions "
                + "upper, lower, trim, capitalize, url,");
    }

    private boolean take(String sign) {
        if (peek().equals(sign)) {
            next();
            return true;
        }
        return false;
    }

    private String next() {
        String sign = peek();
        at += length();
        return sign;
    }

    /** The operator that comes next, words as their signs; "" at the end and before anything else. */
    private String peek() {
        String raw = raw();
        String sign = raw == null ? "" : WORDS.getOrDefault(raw, raw);
        return sign.isEmpty() && at < source.length() ? "other" : sign;
    }

    private int length() {
        String raw = raw();
        return raw == null ? 0 : raw.length();
    }

    private @Nullable String raw() {
        skip();
        for (String sign : SIGNS) {
            if (source.startsWith(sign, at)) {
                return sign;
            }
        }
        int end = at;
        while (end < source.length() && Character.isLetter(source.charAt(end))) {
            end++;
        }
        boolean whole = end == source.length()
                || !Character.isLetterOrDigit(source.charAt(end)) && source.charAt(end) != '_';
        return whole && WORDS.containsKey(source.substring(at, end)) ? source.substring(at, end) : null;
    }

    private void skip() {
        while (at < source.length()
                && (source.charAt(at) == ' ' || source.charAt(at) == '\n' || source.charAt(at) == '\r'
                        || source.charAt(at) == '\t')) {
            at++;
        }
    }
}
