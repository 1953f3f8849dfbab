package io.caravan.rendering;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The {@code th:} attributes of one element, read and replaced by numbers.
 *
 * @param attributes what the compiled element gets instead, each with a space before it
 * @param locals     the names that the element makes for what is in it
 * @param text       the number of its {@code th:text}; -1 if it has none
 */
record Directive(String attributes, Set<String> locals, int text) {

    /** One of them, as written. */
    record Written(String name, @Nullable String value, int line) {
    }

    /** The name after {@code th:} or {@code data-th-}; null for a plain attribute. */
    static @Nullable String name(String attribute) {
        String lower = attribute.toLowerCase(Locale.ROOT);
        return lower.startsWith("th:") ? lower.substring(3) : lower.startsWith("data-th-") ? lower.substring(8) : null;
    }

    /** Reads them in the order in which the engine acts on them, so that each sees the names made before it. */
    static Directive read(List<Written> written, String file, Sites sites, Names names, boolean html) {
        return new Reading(file, sites, names, html).read(written);
    }

    private static final class Reading {
        private static final List<String> ORDER = List.of("each", "switch", "case", "if", "unless", "with");

        private final String file;
        private final Sites sites;
        private final Names names;
        private final boolean html;
        private final StringBuilder out = new StringBuilder();
        private final Set<String> locals = new HashSet<>();
        private final Set<String> emitted = new LinkedHashSet<>();
        private int text = -1;

        Reading(String file, Sites sites, Names names, boolean html) {
            this.file = file;
            this.sites = sites;
            this.names = names;
            this.html = html;
        }

        Directive read(List<Written> written) {
            names.push(locals);
            written.stream().sorted((a, b) -> Integer.compare(rank(a.name()), rank(b.name()))).forEach(this::one);
            names.pop();
            return new Directive(out.toString(), locals, text);
        }

        private static int rank(String name) {
            int rank = ORDER.indexOf(name);
            return rank < 0 ? ORDER.size() : rank;
        }

        private void one(Written one) {
            String name = one.name();
            boolean settable = html && MailDialect.SETTABLE.contains(name);
            if (!MailDialect.ATTRIBUTES.contains(name) && !settable) {
                sites.problem(file, one.line(),
                        "th:" + name + " is not offered; templates know th:text, th:if, th:unless, th:each, "
                                + "th:switch, th:case, th:with, th:remove"
                                + (html ? ", th:attr, th:" + String.join(", th:", MailDialect.SETTABLE) : ""));
                return;
            }
            String value = one.value();
            if (value == null || value.isBlank()) {
                sites.problem(file, one.line(), "th:" + name + " is empty; write an expression, ${name}");
                return;
            }
            switch (name) {
                case "each" -> each(one, value);
                case "with" -> assignments(one, value, true);
                case "attr" -> assignments(one, value, false);
                case "remove" -> remove(one, value.strip());
                case "case" -> emit(one, name, value.strip().equals("*") ? "*" : number(one, value));
                case "text" -> emit(one, name, Integer.toString(text = sites.number(file, one.line(), value, names)));
                default -> emit(one, name, number(one, value));
            }
        }

        private String number(Written one, String source) {
            return Integer.toString(sites.number(file, one.line(), source, names));
        }

        private void emit(Written one, String name, String value) {
            if (!emitted.add(name)) {
                sites.problem(file, one.line(), "th:" + name + " is set twice; keep one");
            }
            out.append(" th:").append(name).append("=\"").append(value).append('"');
        }

        private void each(Written one, String value) {
            int colon = value.indexOf(':');
            String[] made = colon < 0 ? new String[0] : value.substring(0, colon).strip().split("\\s*,\\s*");
            if (made.length < 1 || made.length > 2 || !local(made[0]) || !local(made[made.length - 1])) {
                sites.problem(file, one.line(),
                        "th:each is written \"item : ${vars.items}\" or \"item, status : ${vars.items}\", not "
                                + Sites.shown(value));
                return;
            }
            String status = made.length == 2 ? made[1] : made[0] + "Stat";
            emit(one, "each", Integer
                    .toString(sites.number(file, one.line(), value.substring(colon + 1), names, made[0], status)));
            locals.add(made[0]);
            locals.add(status);
        }

        /** Names made by one th:with do not see each other: the engine sets them together. */
        private void assignments(Written one, String value, boolean with) {
            List<String> numbers = new ArrayList<>();
            Set<String> made = new HashSet<>();
            for (String part : Assignments.split(value)) {
                int equals = part.indexOf('=');
                String name = equals < 0 ? "" : part.substring(0, equals).strip();
                String expression = part.substring(equals + 1);
                if (with ? !local(name) : !MailDialect.SETTABLE.contains(name.toLowerCase(Locale.ROOT))) {
                    sites.problem(file, one.line(),
                            with
                                    ? "th:with is written \"name=${...}\", not " + Sites.shown(part)
                                    : "th:attr cannot set " + Sites.shown(name) + "; it sets "
                                            + String.join(", ", MailDialect.SETTABLE));
                } else if (with) {
                    numbers.add(Integer.toString(sites.number(file, one.line(), expression, names, name, null)));
                    made.add(name);
                } else {
                    emit(one, name.toLowerCase(Locale.ROOT), number(one, expression));
                }
            }
            if (!numbers.isEmpty()) {
                emit(one, "with", String.join(",", numbers));
                locals.addAll(made);
            }
        }

        private void remove(Written one, String value) {
            if (Set.of("all", "tag", "body").contains(value)) {
                emit(one, "remove", value);
            } else {
                sites.problem(file, one.line(), "th:remove is one of all, tag, body, not " + Sites.shown(value));
            }
        }

        private static boolean local(String name) {
            return name.matches("[\\p{L}_][\\p{L}\\p{N}_]{0,60}")
                    && !Set.of("contact", "vars", "campaign", "links", "list", "true", "false", "null").contains(name);
        }
    }
}
