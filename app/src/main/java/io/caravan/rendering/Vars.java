package io.caravan.rendering;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** A deep copy of a campaign's vars that holds texts, numbers, booleans, dates, lists and maps, and nothing else. */
final class Vars {

    private static final int MOST = 20_000;
    private static final int DEEPEST = 20;

    private final Sites sites;
    private int count;
    private boolean stopped;

    private Vars(Sites sites) {
        this.sites = sites;
    }

    static Map<String, Object> copy(Map<String, Object> vars, Sites sites) {
        return new Vars(sites).map(vars, "vars", 0);
    }

    private Map<String, Object> map(Map<?, ?> map, String path, int depth) {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            Object copied = value(value, path + "." + key, depth + 1);
            if (copied != null) {
                copy.put(String.valueOf(key), copied);
            }
        });
        return copy;
    }

    private @Nullable Object value(@Nullable Object value, String path, int depth) {
        if (stopped || ++count > MOST || depth > DEEPEST) { // aliases in YAML can make a small file endless
            if (!stopped) {
                sites.problem("vars", 1,
                        "'" + Sites.shown(path) + "' is too much: at most " + MOST + " values, nested at most "
                                + DEEPEST
                                + " deep; shorten it");
            }
            stopped = true;
            return null;
        }
        return switch (value) {
            case null -> null;
            case String text -> text;
            case Boolean bool -> bool;
            case Integer number -> number;
            case Long number -> number;
            case Double number -> finite(number, path);
            case java.math.BigDecimal number -> number;
            case java.math.BigInteger number -> number;
            case java.time.LocalDate date -> date.toString();
            case java.time.temporal.TemporalAccessor time -> time.toString();
            case java.util.Date date -> date.toInstant().toString();
            case Map<?, ?> map -> map(map, path, depth);
            case List<?> list -> list(list, path, depth);
            default -> {
                sites.problem("vars", 1,
                        "'" + path + "' is neither text, number, true or false, list nor map; write it in quotes");
                yield null;
            }
        };
    }

    private @Nullable Object finite(Double number, String path) {
        if (number.isNaN() || number.isInfinite()) {
            sites.problem("vars", 1, "'" + path + "' is no finite number; write it in quotes");
            return null;
        }
        return java.math.BigDecimal.valueOf(number);
    }

    private List<Object> list(List<?> list, String path, int depth) {
        List<Object> copy = new ArrayList<>();
        for (Object each : list) {
            Object copied = value(each, path + "." + copy.size(), depth + 1);
            if (stopped) {
                break;
            }
            copy.add(copied == null ? "" : copied);
        }
        return copy;
    }
}
