package io.caravan.flow;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A step of a route, as people see it.
 *
 * @param kind        what it does, in plain words: {@code call}, {@code send to}, {@code for each of}, {@code when}
 * @param what        with what: {@code renderer.render}, {@code seda:pulse}, an expression
 * @param description as its author wrote it; "" if nothing
 * @param line        in its file
 * @param leadsTo     the id of the route that begins where this step sends; null if that is none or is found only on the way
 * @param steps       what happens inside of it, in order
 */
public record RouteStep(String kind, String what, String description, int line, @Nullable String leadsTo,
        List<RouteStep> steps) {
}
