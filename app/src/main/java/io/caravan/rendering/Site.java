package io.caravan.rendering;

import org.jspecify.annotations.Nullable;

/**
 * Where an expression stands in what its author wrote.
 *
 * @param variable the name that {@code th:each} or {@code th:with} makes here
 * @param status   the name of the loop's status
 */
record Site(String template, int line, Expression expression, @Nullable String variable, @Nullable String status) {

    static final Site NONE = new Site("template", 1, new Expression.Literal(null), null, null);
}
