package io.caravan.rendering;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** All expressions of a mailing, by number: the only thing that a compiled template refers to. Filled at compile, then only read. */
final class Sites {

    private static final int MOST = 10_000;
    private static final int MOST_PROBLEMS = 100;

    private final List<Site> sites = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    List<String> problems() {
        return problems;
    }

    void problem(String file, int line, String what) {
        if (problems.size() < MOST_PROBLEMS) {
            problems.add(file + ":" + line + ": " + what);
        }
    }

    /** The number of the expression. What is wrong with it becomes a problem. */
    int number(String file, int line, String source, Names names) {
        return number(file, line, source, names, null, null);
    }

    int number(String file, int line, String source, Names names, @Nullable String variable, @Nullable String status) {
        if (sites.size() >= MOST) {
            problem(file, line, "more than " + MOST + " expressions in one mailing; make the template simpler");
            return 0;
        }
        try {
            return add(new Site(file, line, ExpressionParser.parse(source, names), variable, status));
        } catch (BadExpression e) {
            problem(file, line, e.getMessage() + " in " + shown(source));
            return 0;
        }
    }

    int add(Site site) {
        sites.add(site);
        return sites.size() - 1;
    }

    /** @throws RenderingFault for anything that is not the number of a site */
    Site at(String number) {
        int index = 0;
        for (int i = 0; i < number.length(); i++) {
            char c = number.charAt(i);
            if (c < '0' || c > '9' || i > 6) {
                throw new RenderingFault("template:1: an expression that was not compiled; compile the mailing again");
            }
            index = index * 10 + c - '0';
        }
        if (number.isEmpty() || index >= sites.size()) {
            throw new RenderingFault("template:1: an expression that was not compiled; compile the mailing again");
        }
        return sites.get(index);
    }

    static String shown(String source) {
        String line = source.strip().replaceAll("\\p{Cntrl}+", " ");
        return "'" + (line.length() > 60 ? line.substring(0, 60) + "..." : line) + "'";
    }
}
