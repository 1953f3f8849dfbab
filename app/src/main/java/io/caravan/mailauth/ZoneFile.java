package io.caravan.mailauth;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/** The lines of a master file (RFC 1035 section 5.1). */
final class ZoneFile {

    /**
     * @param name lower case, without the last dot
     * @param type upper case
     * @param data names as {@code name}, texts without their quotes; one at least if it is a type of {@link #READ}, as written if not
     */
    record Record(int line, String name, String type, List<String> data) {
    }

    private record Token(String text, boolean quoted) {
    }

    private static final Set<String> CLASSES = Set.of("IN", "CH", "HS", "CS");
    private static final Set<String> NAMES_AS_DATA = Set.of("PTR", "CNAME", "MX");
    static final Set<String> READ = Set.of("TXT", "A", "AAAA", "MX", "PTR", "CNAME");

    private final String file;
    private final String text;
    private final List<String> problems;
    private final List<Record> records = new ArrayList<>();

    private int at;
    private int line = 1;
    private String origin = "";
    private @Nullable String owner;

    private ZoneFile(String file, String text, List<String> problems) {
        this.file = file;
        this.text = text;
        this.problems = problems;
    }

    static List<Record> parse(String file, String text, List<String> problems) {
        ZoneFile zone = new ZoneFile(file, text, problems);
        while (zone.at < text.length()) {
            int first = zone.line;
            boolean ownerLeftOut = text.charAt(zone.at) == ' ' || text.charAt(zone.at) == '\t';
            List<Token> tokens = zone.entry();
            if (!tokens.isEmpty()) {
                zone.take(first, ownerLeftOut, tokens);
            }
        }
        return zone.records;
    }

    private void take(int first, boolean ownerLeftOut, List<Token> tokens) {
        String head = tokens.getFirst().text;
        if (head.startsWith("$") && !ownerLeftOut) {
            directive(first, head, tokens);
            return;
        }
        int next = 0;
        if (!ownerLeftOut) {
            owner = name(head);
            next = 1;
        }
        while (next < tokens.size() && isTtlOrClass(tokens.get(next).text)) {
            next++;
        }
        String name = owner;
        if (name == null || next >= tokens.size()) {
            problem(first, name == null
                    ? "the first record has no name; begin the line with one"
                    : "the record has no type; write NAME TXT \"...\"");
            return;
        }
        String type = tokens.get(next).text.toUpperCase(Locale.ROOT);
        List<String> data = new ArrayList<>();
        tokens.subList(next + 1, tokens.size()).forEach(token -> data.add(token.text));
        if (data.isEmpty() && READ.contains(type)) {
            problem(first, "the " + type + " record of " + name + " has no data; write it after the type");
            return;
        }
        if (NAMES_AS_DATA.contains(type)) {
            data.set(data.size() - 1, name(data.getLast()));
        }
        records.add(new Record(first, name, type, List.copyOf(data)));
    }

    private void directive(int first, String head, List<Token> tokens) {
        switch (head.toUpperCase(Locale.ROOT)) {
            case "$ORIGIN" -> origin = tokens.size() < 2 ? "" : name(tokens.get(1).text);
            case "$TTL" -> {
                // nothing here grows old
            }
            default -> problem(first, head + " is not known here; put all records into one file");
        }
    }

    private void problem(int first, String what) {
        problems.add(file + ":" + first + ": " + what);
    }

    private static boolean isTtlOrClass(String token) {
        return CLASSES.contains(token.toUpperCase(Locale.ROOT)) || token.matches("(?:\\d++[smhdwSMHDW]?)++");
    }

    private String name(String written) {
        String lower = written.toLowerCase(Locale.ROOT);
        if (lower.equals("@")) {
            return origin;
        }
        if (lower.endsWith(".")) {
            return lower.substring(0, lower.length() - 1);
        }
        return origin.isEmpty() ? lower : lower + "." + origin;
    }

    /** The words of one entry: to the end of the line, or of the line where its parentheses close. */
    private List<Token> entry() {
        List<Token> tokens = new ArrayList<>();
        int depth = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\n') {
                line++;
                at++;
                if (depth == 0) {
                    return tokens;
                }
            } else if (c == ';') {
                at = text.indexOf('\n', at) < 0 ? text.length() : text.indexOf('\n', at);
            } else if (c == '(' || c == ')') {
                depth = c == '(' ? depth + 1 : Math.max(0, depth - 1);
                at++;
            } else if (c == ' ' || c == '\t' || c == '\r') {
                at++;
            } else {
                tokens.add(token(c == '"'));
            }
        }
        return tokens;
    }

    private Token token(boolean quoted) {
        StringBuilder out = new StringBuilder();
        at += quoted ? 1 : 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (quoted ? c == '"' : " \t\r\n;()\"".indexOf(c) >= 0) {
                break;
            }
            line += c == '\n' ? 1 : 0;
            at++;
            out.append(c == '\\' ? escaped() : c);
        }
        at += quoted && at < text.length() ? 1 : 0;
        return new Token(out.toString(), quoted);
    }

    /** After a backslash: three digits are a byte, all else is itself. */
    private char escaped() {
        if (at + 3 <= text.length() && text.substring(at, at + 3).matches("[0-2]\\d\\d")) {
            at += 3;
            return (char) (Integer.parseInt(text.substring(at - 3, at)) & 0xff);
        }
        return at < text.length() ? text.charAt(at++) : '\\';
    }
}
