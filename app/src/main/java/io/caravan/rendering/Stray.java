package io.caravan.rendering;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds expressions where none is evaluated, so that no mail says "Dear ${first_name}". */
final class Stray {

    private static final Pattern EXPRESSION = Pattern.compile("\\$\\{[^{}]*}?|[*#@~]\\{\\s*[\\p{L}_'(][^{}]*}");
    /** Style sheets and scripts have braces of their own: {@code *{margin:0}}. */
    private static final Pattern SURE = Pattern.compile("\\$\\{[^{}]*}?|\\[[\\[(]\\s*[*#@~]\\{[^{}]*}?");

    private Stray() {
    }

    static void check(String text, String file, int line, Sites sites) {
        Matcher found = EXPRESSION.matcher(text);
        if (found.find()) {
            sites.problem(file, line + Inline.lines(text, 0, found.start()),
                    Sites.shown(found.group()) + " stands outside of [[...]]; write [[${name}]]");
        }
    }

    static void inAttribute(String name, String value, String file, int line, Sites sites) {
        Matcher found = EXPRESSION.matcher(value);
        if (found.find()) {
            sites.problem(file, line,
                    Sites.shown(found.group()) + " is not evaluated in " + name + "=\"...\"; write th:" + name
                            + "=\"|...${name}...|\"");
        }
    }

    static void inPlace(String place, String text, String file, int line, Sites sites) {
        Matcher found = SURE.matcher(text);
        if (found.find()) {
            sites.problem(file, line + Inline.lines(text, 0, found.start()),
                    Sites.shown(found.group()) + " is not evaluated in a " + place + "; move it into the mail's text");
        }
    }
}
