package io.caravan.mailauth;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** A list of {@code name=value;} as of RFC 6376 section 3.2: names are told apart by case, none stands twice. */
final class TagList {

    /** What breaks the grammar, for people. */
    static final class Malformed extends Exception {

        private static final long serialVersionUID = 1L;

        Malformed(String why) {
            super(why, null, false, false);
        }

        String why() {
            return String.valueOf(getMessage());
        }
    }

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");
    private static final Pattern SPACE = Pattern.compile("[ \t\r\n]+");

    private final Map<String, String> tags = new LinkedHashMap<>();

    private TagList() {
    }

    static TagList parse(String text) throws Malformed {
        TagList list = new TagList();
        String[] specs = text.split(";", -1);
        for (int i = 0; i < specs.length; i++) {
            String spec = trim(specs[i]);
            if (spec.isEmpty() && i == specs.length - 1 && i > 0) {
                break; // the list may end with a semicolon
            }
            list.add(spec);
        }
        return list;
    }

    private void add(String spec) throws Malformed {
        int equals = spec.indexOf('=');
        String name = equals < 0 ? spec : trim(spec.substring(0, equals));
        if (equals < 0 || !NAME.matcher(name).matches()) {
            throw new Malformed("'" + MacroString.printable(spec) + "' is no tag=value");
        }
        String value = trim(spec.substring(equals + 1));
        if (value.chars().anyMatch(c -> c < ' ' && c != '\t' && c != '\r' && c != '\n' || c == 0x7f)) {
            throw new Malformed("the tag " + name + "= has a control character");
        }
        if (tags.put(name, value) != null) {
            throw new Malformed("the tag " + name + "= stands twice");
        }
    }

    /** Only the white space that folding may have put there. */
    static String trim(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isSpace(text.charAt(from))) {
            from++;
        }
        while (to > from && isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }

    boolean has(String name) {
        return tags.containsKey(name);
    }

    @Nullable
    String get(String name) {
        return tags.get(name);
    }

    String get(String name, String otherwise) {
        return tags.getOrDefault(name, otherwise);
    }

    /** The tag that must stand and must not be empty. */
    String need(String name) throws Malformed {
        String value = tags.get(name);
        if (value == null || value.isEmpty()) {
            throw new Malformed(value == null ? "the tag " + name + "= is missing" : "the tag " + name + "= is empty");
        }
        return value;
    }

    /** Digits only; a number too large for the type counts as the largest. */
    Optional<Long> number(String name) throws Malformed {
        String value = tags.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value.isEmpty() || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new Malformed("the tag " + name + "= is no number: '" + MacroString.printable(value) + "'");
        }
        String digits = value.replaceFirst("^0+(?=.)", "");
        return Optional.of(digits.length() > 18 ? Long.MAX_VALUE : Long.parseLong(digits));
    }

    byte[] base64(String name) throws Malformed {
        try {
            return Base64.getDecoder().decode(SPACE.matcher(need(name)).replaceAll(""));
        } catch (IllegalArgumentException e) {
            throw new Malformed("the tag " + name + "= is no base64");
        }
    }

    /** True if the name is that of the first tag. */
    boolean begins(String name) {
        return !tags.isEmpty() && tags.keySet().iterator().next().equals(name);
    }
}
