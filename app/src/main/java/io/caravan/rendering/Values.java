package io.caravan.rendering;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/** What values mean in tests, comparisons and sums. */
final class Values {

    private static final int LONGEST_NUMBER = 40;

    private Values() {
    }

    static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "";
            case String text -> text;
            case BigDecimal number -> number.toPlainString();
            default -> value.toString();
        };
    }

    /** As Thymeleaf has it: false are null, 0, and the texts "false", "off" and "no". */
    static boolean isTrue(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case Boolean bool -> bool;
            case Number number -> number.doubleValue() != 0;
            case String text -> !text.isEmpty() && !text.equals("false") && !text.equals("off") && !text.equals("no");
            default -> true;
        };
    }

    static boolean compare(String operator, @Nullable Object a, @Nullable Object b) {
        if (a == null || b == null) {
            return switch (operator) {
                case "==" -> a == b;
                case "!=" -> a != b;
                default -> false;
            };
        }
        int order = order(a, b);
        return switch (operator) {
            case "==" -> order == 0;
            case "!=" -> order != 0;
            case "<" -> order < 0;
            case ">" -> order > 0;
            case "<=" -> order <= 0;
            default -> order >= 0;
        };
    }

    /** By number where one of the two is a number and the other reads as one, else by text: the cell "007" equals 7, but not "7". */
    private static int order(Object a, Object b) {
        if (a instanceof Number || b instanceof Number) {
            BigDecimal left = number(a);
            BigDecimal right = number(b);
            if (left != null && right != null) {
                return left.compareTo(right);
            }
        }
        return text(a).compareTo(text(b));
    }

    static Object calculate(Frame frame, char operator, Object a, Object b) {
        if (operator == '+' && !(a instanceof Number && b instanceof Number)) {
            return text(a) + text(b);
        }
        BigDecimal left = number(a);
        BigDecimal right = number(b);
        if (left == null || right == null) {
            return frame.trouble("",
                    "'" + operator + "' needs two numbers; test the value first or give a default with ?:");
        }
        if ((operator == '/' || operator == '%') && right.signum() == 0) {
            return frame.trouble("", "a division by zero; test the value first with th:if");
        }
        return switch (operator) {
            case '+' -> left.add(right);
            case '-' -> left.subtract(right);
            case '*' -> left.multiply(right, MathContext.DECIMAL64);
            case '/' -> left.divide(right, MathContext.DECIMAL64);
            default -> left.remainder(right, MathContext.DECIMAL64);
        };
    }

    static @Nullable BigDecimal number(Object value) {
        String text = text(value);
        if (text.isEmpty() || text.length() > LONGEST_NUMBER || text.toLowerCase(Locale.ROOT).indexOf('e') >= 0) {
            return null; // 1e999999999 would take all memory in a sum
        }
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    static boolean isIndex(String step) {
        return step.length() < 7 && !step.isEmpty() && step.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
