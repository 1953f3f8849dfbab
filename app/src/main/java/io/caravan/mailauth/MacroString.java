package io.caravan.mailauth;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A macro-string of SPF, parsed (RFC 7208 section 7.1). */
final class MacroString {

    /** What the letters of macros stand for (RFC 7208 section 7.2). */
    interface Letters {
        /** @param letter lower case */
        String value(char letter);
    }

    private sealed interface Part {
    }

    private record Literal(String text) implements Part {
    }

    /** {@code %%}, {@code %_} and {@code %-}. */
    private record Escape(String text) implements Part {
    }

    private record Macro(char letter, boolean escaped, int parts, boolean reversed, String delimiters) implements Part {
    }

    private static final Pattern MACRO = Pattern
            .compile("%\\{([slodiphcrtvSLODIPHCRTV])(\\d*)([rR]?)([.\\-+,/_=]*)}");
    private static final Pattern TOP_LABEL = Pattern
            .compile("[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*|[A-Za-z0-9]+-[A-Za-z0-9-]*[A-Za-z0-9]");
    private static final int LONGEST_LABEL = 63; // before the pattern, which tries every share of a longer one
    private static final String IN_EXPLANATIONS = "crt";
    private static final int ALL_PARTS = 1_000; // more than a name can have
    /** More than any TXT record holds; without an end a short record and a long sender cost minutes, or all memory. */
    private static final int MOST_CHARACTERS = 65_536;

    private final List<Part> parts;

    private MacroString(List<Part> parts) {
        this.parts = parts;
    }

    /** A domain-spec: ends in a top label or in a macro, and has none of the letters for explanations. */
    static MacroString domain(String text) throws SpfFault {
        MacroString spec = parse(text, false);
        if (spec.parts.isEmpty() || spec.parts.getLast() instanceof Literal last && !endsInTopLabel(last.text)) {
            throw SpfFault.permanent("'" + text + "' is no domain: it must end in a top-level domain or a macro");
        }
        for (Part part : spec.parts) {
            if (part instanceof Macro macro && IN_EXPLANATIONS.indexOf(macro.letter) >= 0) {
                throw SpfFault.permanent("the macro %{" + macro.letter + "} is for explanations only");
            }
        }
        return spec;
    }

    /** An explanation: spaces are text, and all letters may stand. */
    static MacroString explanation(String text) throws SpfFault {
        return parse(text, true);
    }

    /** The value of a modifier that nobody knows: it must be well-formed all the same. */
    static void check(String text) throws SpfFault {
        parse(text, false);
    }

    /** @param letters lower case; the macros may be written in either */
    boolean usesAnyOf(String letters) {
        return parts.stream().anyMatch(part -> part instanceof Macro macro && letters.indexOf(macro.letter) >= 0);
    }

    private static boolean endsInTopLabel(String text) {
        String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        int dot = name.lastIndexOf('.');
        return dot >= 0 && name.length() - dot - 1 <= LONGEST_LABEL
                && TOP_LABEL.matcher(name.substring(dot + 1)).matches();
    }

    private static MacroString parse(String text, boolean spaces) throws SpfFault {
        List<Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        Matcher macro = MACRO.matcher(text);
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c != '%') {
                if (c > 0x7e || c < 0x21 && !(spaces && c == ' ')) {
                    throw SpfFault.permanent("a character that may not stand in a record in '" + printable(text) + "'");
                }
                literal.append(c);
                at++;
                continue;
            }
            flush(literal, parts);
            if (macro.region(at, text.length()).lookingAt()) {
                parts.add(macro(macro));
                at = macro.end();
            } else {
                parts.add(escape(text, at));
                at += 2;
            }
        }
        flush(literal, parts);
        return new MacroString(parts);
    }

    private static void flush(StringBuilder literal, List<Part> parts) {
        if (!literal.isEmpty()) {
            parts.add(new Literal(literal.toString()));
            literal.setLength(0);
        }
    }

    private static Escape escape(String text, int at) throws SpfFault {
        return switch (at + 1 < text.length() ? text.charAt(at + 1) : 0) {
            case '%' -> new Escape("%");
            case '_' -> new Escape(" ");
            case '-' -> new Escape("%20");
            default -> throw SpfFault
                    .permanent("a % in '" + printable(text) + "' begins no macro: %% is the sign itself");
        };
    }

    private static Macro macro(Matcher found) throws SpfFault {
        String digits = found.group(2).replaceFirst("^0+", "");
        if (digits.isEmpty() && !found.group(2).isEmpty()) {
            throw SpfFault.permanent("the macro " + found.group() + " keeps 0 parts");
        }
        int count = digits.isEmpty() || digits.length() > 3 ? ALL_PARTS : Integer.parseInt(digits);
        char letter = found.group(1).charAt(0);
        return new Macro(Character.toLowerCase(letter), Character.isUpperCase(letter), count,
                !found.group(3).isEmpty(), found.group(4).isEmpty() ? "." : found.group(4));
    }

    /** @throws SpfFault if what its macros stand for, or the whole, is longer than anything that could be meant */
    String expand(Letters letters) throws SpfFault {
        StringBuilder out = new StringBuilder();
        int read = 0; // a macro may keep one part of a long value: that costs, too
        for (Part part : parts) {
            switch (part) {
                case Literal literal -> out.append(literal.text);
                case Escape escape -> out.append(escape.text);
                case Macro macro -> {
                    String value = letters.value(macro.letter);
                    read += value.length();
                    refuse(read);
                    out.append(expand(macro, value));
                }
            }
            refuse(out.length());
        }
        return out.toString();
    }

    private static void refuse(int characters) throws SpfFault {
        if (characters > MOST_CHARACTERS) {
            throw SpfFault.permanent("the macros of the record make more than " + MOST_CHARACTERS + " characters");
        }
    }

    private static String expand(Macro macro, String value) {
        List<String> pieces = new ArrayList<>(Arrays.asList(split(value, macro.delimiters)));
        if (macro.reversed) {
            Collections.reverse(pieces);
        }
        int from = Math.max(0, pieces.size() - macro.parts);
        String joined = String.join(".", pieces.subList(from, pieces.size()));
        return macro.escaped ? escaped(joined) : joined;
    }

    private static String[] split(String value, String delimiters) {
        return value.split("[" + Pattern.quote(delimiters) + "]", -1);
    }

    /** All but the unreserved characters of RFC 3986 section 2.3 as %XX. */
    private static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
                    || "-._~".indexOf(c) >= 0;
            out.append(plain ? String.valueOf(c) : "%%%02X".formatted((int) c));
        }
        return out.toString();
    }

    static String printable(String text) {
        StringBuilder out = new StringBuilder();
        text.chars().limit(200).forEach(c -> out.append(c < 0x20 || c > 0x7e
                ? String.format(Locale.ROOT, "\\x%02x", c)
                : String.valueOf((char) c)));
        return out.append(text.length() > 200 ? "..." : "").toString();
    }
}
