package io.caravan.mailauth;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The domains of a From field's addresses (RFC 5322 sections 3.4 and 4.4), read from whatever people and robots write there. */
final class AuthorDomains {

    /** Longer fields are not read: quotes and comments that nobody closes would cost time beyond reason. */
    private static final int LONGEST = 16_384;

    private final String text;
    private int at;

    private AuthorDomains(String text) {
        this.text = text;
    }

    /** @return as A-labels, each once, in order; what is no domain name is left out */
    static Set<String> of(String value) {
        Set<String> domains = new LinkedHashSet<>();
        if (value.length() > LONGEST) {
            return domains;
        }
        for (String address : new AuthorDomains(value).addresses()) {
            String domain = TagList.trim(address.substring(address.lastIndexOf('@') + 1)).replaceAll("[ \t\r\n]+", "");
            DomainName.ascii(domain).filter(DomainName::isHostLike).ifPresent(domains::add);
        }
        return domains;
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
                return "q";
            }
        }
        at++;
        return "q";
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
