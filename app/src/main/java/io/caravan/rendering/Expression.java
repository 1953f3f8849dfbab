package io.caravan.rendering;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.thymeleaf.engine.IterationStatusVar;

/**
 * All that a template can say. There is no way from here to a class, a method or a bean: values are texts, numbers, booleans, and the
 * campaign's own lists and maps.
 *
 * <p>{@code lenient} is true where a missing value is asked about (left of {@code ?:}, in a test): it is null there. Elsewhere it is a
 * shortcoming.
 */
sealed interface Expression {

    @Nullable
    Object value(Frame frame, boolean lenient);

    record Literal(@Nullable Object value) implements Expression {
        @Override
        public @Nullable Object value(Frame frame, boolean lenient) {
            return value;
        }
    }

    /** An attribute of the person, by name. */
    record Attribute(String name, String written) implements Expression {
        @Override
        public @Nullable Object value(Frame frame, boolean lenient) {
            String value = frame.person.attributes().get(name);
            return value == null || value.isEmpty() ? frame.missing(written, lenient) : value;
        }
    }

    record Address() implements Expression {
        @Override
        public Object value(Frame frame, boolean lenient) {
            return frame.person.address();
        }
    }

    enum Link implements Expression {
        UNSUBSCRIBE, VIEW, PREFERENCES;

        @Override
        public Object value(Frame frame, boolean lenient) {
            return switch (this) {
                case UNSUBSCRIBE -> frame.marks.unsubscribe();
                case VIEW -> frame.marks.view();
                case PREFERENCES -> frame.marks.preferences();
            };
        }
    }

    /** A name that {@code th:each} or {@code th:with} made, and a way into its value. */
    record Local(String name, List<String> path, String written) implements Expression {
        @Override
        public @Nullable Object value(Frame frame, boolean lenient) {
            Object value = frame.local(name);
            for (String step : path) {
                value = step(value, step);
            }
            return value == null || value.equals("") ? frame.missing(written, lenient) : value;
        }

        static @Nullable Object step(@Nullable Object value, String step) {
            return switch (value) {
                case Map<?, ?> map -> map.get(step);
                case List<?> list when step.equals("size") -> list.size();
                case List<?> list when Values.isIndex(step) && Integer.parseInt(step) < list.size() ->
                    list.get(Integer.parseInt(step));
                case IterationStatusVar status -> status(status, step);
                case null, default -> null;
            };
        }

        private static @Nullable Object status(IterationStatusVar status, String step) {
            return switch (step) {
                case "index" -> status.getIndex();
                case "count" -> status.getCount();
                case "size" -> status.getSize();
                case "first" -> status.isFirst();
                case "last" -> status.isLast();
                case "even" -> status.isEven();
                case "odd" -> status.isOdd();
                default -> null;
            };
        }
    }

    record Default(Expression left, Expression right) implements Expression {
        @Override
        public @Nullable Object value(Frame frame, boolean lenient) {
            Object value = left.value(frame, true);
            return value == null ? right.value(frame, lenient) : value;
        }
    }

    record Choice(Expression test, Expression then, Expression otherwise) implements Expression {
        @Override
        public @Nullable Object value(Frame frame, boolean lenient) {
            return (Values.isTrue(test.value(frame, true)) ? then : otherwise).value(frame, lenient);
        }
    }

    record Not(Expression inner) implements Expression {
        @Override
        public Object value(Frame frame, boolean lenient) {
            return !Values.isTrue(inner.value(frame, true));
        }
    }

    record Both(Expression left, Expression right) implements Expression {
        @Override
        public Object value(Frame frame, boolean lenient) {
            return Values.isTrue(left.value(frame, true)) && Values.isTrue(right.value(frame, true));
        }
    }

    record Either(Expression left, Expression right) implements Expression {
        @Override
        public Object value(Frame frame, boolean lenient) {
            return Values.isTrue(left.value(frame, true)) || Values.isTrue(right.value(frame, true));
        }
    }

    record Compare(String operator, Expression left, Expression right) implements Expression {
        @Override
        public Object value(Frame frame, boolean lenient) {
            return Values.compare(operator, left.value(frame, true), right.value(frame, true));
        }
    }

    record Arithmetic(char operator, Expression left, Expression right) implements Expression {
        @Override
        public @Nullable Object value(Frame frame, boolean lenient) {
            Object a = left.value(frame, lenient);
            Object b = right.value(frame, lenient);
            return a == null || b == null ? null : Values.calculate(frame, operator, a, b);
        }
    }

    /** {@code |Dear ${name}|}. */
    record Joined(List<Expression> parts) implements Expression {
        @Override
        public @Nullable Object value(Frame frame, boolean lenient) {
            StringBuilder text = new StringBuilder();
            for (Expression part : parts) {
                Object value = part.value(frame, lenient);
                if (value == null && lenient) {
                    return null;
                }
                text.append(Values.text(value));
            }
            return text.toString();
        }
    }

    record Call(Function function, Expression argument) implements Expression {
        @Override
        public @Nullable Object value(Frame frame, boolean lenient) {
            Object value = argument.value(frame, lenient);
            return value == null ? null : function.apply(Values.text(value));
        }
    }

    /** What stands in HTML, escaped for it. */
    record Html(Expression inner) implements Expression {
        @Override
        public Object value(Frame frame, boolean lenient) {
            return Escape.html(Values.text(inner.value(frame, lenient)));
        }
    }

    /** A whole attribute of an HTML tag, with the space before it; nothing for an empty value, but where empty means something. */
    record Setting(String attribute, String before, Expression inner) implements Expression {
        private static final Set<String> TARGETS = Set.of("href", "src", "background");

        @Override
        public Object value(Frame frame, boolean lenient) {
            String name = attribute.toLowerCase(Locale.ROOT);
            boolean target = TARGETS.contains(name);
            String value = Values.text(inner.value(frame, lenient));
            return value.isEmpty() && !target && !name.equals("alt")
                    ? ""
                    : before + attribute + "=\"" + Escape.html(target ? Escape.target(name, value) : value) + '"';
        }
    }

    /** The white space before an element, between its repetitions. */
    record Between(String status, String space) implements Expression {
        @Override
        public Object value(Frame frame, boolean lenient) {
            return frame.local(status) instanceof IterationStatusVar turn && turn.isFirst() ? "" : space;
        }
    }
}
