package io.caravan.mailauth;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The domains of a From field's addresses (RFC 5322 sections 3.4 and 4.4), read from whatever people and robots write there. */
final class AuthorDomains {

    /** Longer fields are not read: quotes and comments that nobody closes would cost time beyond reason. */
    private static final int LONGEST = 16_384;

    private static final Pattern AROUND_DOT = Pattern.compile("(?<![ \t\r\n])[ \t\r\n]*+\\.[ \t\r\n]*+");
    /** A quoted string, too, is no part of a domain. */
    private static final Pattern ANY_SPACE = Pattern.compile("[ \t\r\n\"]++");

    private final String text;
    private int at;

    private AuthorDomains(String text) {
        this.text = text;
    }

    /**
     * What a field says.
     *
     * @param domains   as A-labels, each once, in order; what is no domain name is left out
     * @param left      whether an address was left out so
     * @param malformed what is wrong with the field, so that readers may show another author than we see; empty: nothing
     */
    record Found(Set<String> domains, boolean left, String malformed) {
    }

    static Found of(String value) {
        Set<String> domains = new LinkedHashSet<>();
        if (value.length() > LONGEST) {
            return new Found(domains, false, "From is longer than " + LONGEST + " characters");
        }
        boolean left = false;
        String malformed = "";
        for (String address : new AuthorDomains(value).addresses()) {
            String written = address.substring(address.lastIndexOf('@') + 1);
            String[] words = ANY_SPACE.split(AROUND_DOT.matcher(TagList.trim(written)).replaceAll("."));
            if (words.length > 1) { // glued to the domain they would make it somebody else's
                malformed = "From has words behind an address";
            }
            String domain = words.length == 0 ? "" : words[0];
            left |= DomainName.ascii(domain).filter(DomainName::isHostLike).map(domains::add).isEmpty();
        }
        return new Found(domains, left, malformed);
    }

    /** What stands in angle brackets, else the whole between commas, if it has an @. */
    private List<String> addresses() {
        List<String> found = new ArrayList<>();
        StringBuilder plain = new StringBuilder();
        boolean bracketed = false;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '"') {
                plain.append(quoted());
            } else if (c == '(') {
                comment();
                plain.append(' ');
            } else if (c == '<') {
                String inside = bracket();
                if (inside.indexOf('@') >= 0) {
                    found.add(inside);
                    bracketed = true;
                }
            } else {
                at++;
                if (c == ',' || c == ';' || c == ':') {
                    end(plain, bracketed, found);
                    bracketed = false;
                } else {
                    plain.append(c);
                }
            }
        }
        end(plain, bracketed, found);
        return found;
    }

    private static void end(StringBuilder plain, boolean bracketed, List<String> found) {
        if (!bracketed && plain.indexOf("@") >= 0) {
            found.add(plain.toString());
        }
        plain.setLength(0);
    }

    /** Leaves a quoted string behind; its @ and commas are no syntax. A quote that nobody closes is a letter. */
    private String quoted() {
        for (int i = at + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '"') {
                at = i + 1;
                return "\"";
            }
        }
        at++;
        return "\"";
    }

    private void comment() {
        int depth = 0;
        for (int i = at; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '(') {
                depth++;
            } else if (c == ')' && --depth == 0) {
                at = i + 1;
                return;
            }
        }
        at++;
    }

    /** The address in brackets, without quotes, comments and route; an unclosed bracket goes to the end. */
    private String bracket() {
        StringBuilder inside = new StringBuilder();
        at++;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '"') {
                inside.append(quoted());
            } else if (c == '(') {
                comment();
                inside.append(' ');
            } else if (c == '>') {
                at++;
                return inside.toString();
            } else {
                at++;
                inside.append(c);
                if (c == ':') {
                    inside.setLength(0); // what was before is a route
                }
            }
        }
        return inside.toString();
    }
}
