package io.caravan.api;

import java.time.temporal.Temporal;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.http.converter.HttpMessageNotReadableException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JacksonException.Reference;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.MismatchedInputException;

import io.caravan.api.Refused.Fault;

/** What is wrong with a JSON body, in words: which field, which line, what it should be. Nothing of our classes. */
final class JsonFaults {

    private JsonFaults() {
    }

    static Fault of(HttpMessageNotReadableException unreadable) {
        for (Throwable cause = unreadable.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof MismatchedInputException wrong) {
                String field = path(wrong.getPath());
                if (wrong.getOriginalMessage().startsWith("Cannot map `null`")) {
                    return new Fault(field, "required", field + " is missing" + at(wrong.getLocation()));
                }
                return new Fault(field, "wrong_type", (field.isEmpty() ? "the body" : field) + " must be "
                        + words(wrong.getTargetType()) + at(wrong.getLocation()));
            }
            if (cause instanceof StreamReadException syntax) {
                return new Fault("", "unreadable", "the body is no JSON: "
                        + syntax.getOriginalMessage().lines().findFirst().orElse("") + at(syntax.getLocation()));
            }
            if (cause instanceof JacksonException other) {
                String field = path(other.getPath());
                return new Fault(field, "invalid", (field.isEmpty() ? "the body" : field) + " cannot be read: "
                        + other.getOriginalMessage().lines().findFirst().orElse("") + at(other.getLocation()));
            }
        }
        return new Fault("", "required", "the body is missing, or was cut off: send JSON");
    }

    static String at(@Nullable TokenStreamLocation where) {
        return where == null || where.getLineNr() < 1
                ? ""
                : " (line " + where.getLineNr() + ", column " + where.getColumnNr() + ")";
    }

    private static String path(List<Reference> steps) {
        StringBuilder path = new StringBuilder();
        for (Reference step : steps) {
            if (step.getPropertyName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
            }
        }
        return path.toString();
    }

    /** What a value must be, for people. */
    static String words(@Nullable Class<?> type) {
        if (type == null) {
            return "something else";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        }
        if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
            return "a number";
        }
        if (type.isEnum()) {
            return "one of " + Arrays.stream(type.getEnumConstants())
                    .map(each -> ((Enum<?>) each).name().toLowerCase(java.util.Locale.ROOT))
                    .collect(Collectors.joining(", "));
        }
        if (Temporal.class.isAssignableFrom(type)) {
            return "a time as 2026-12-01T09:00:00Z";
        }
        if (CharSequence.class.isAssignableFrom(type)) {
            return "a text";
        }
        return Collection.class.isAssignableFrom(type) || type.isArray() ? "a list" : "an object";
    }

    static @Nullable String nearest(String word, Collection<String> known) {
        return known.stream().min(java.util.Comparator.comparingInt((String each) -> distance(word, each))
                .thenComparing(each -> each)).orElse(null);
    }

    /** Levenshtein's: how many letters must change, come or go. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        Arrays.setAll(row, j -> j);
        for (int i = 1; i <= from.length(); i++) {
            int corner = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int above = row[j];
                int change = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(above, row[j - 1]) + 1, corner + change);
                corner = above;
            }
        }
        return row[to.length()];
    }
}
