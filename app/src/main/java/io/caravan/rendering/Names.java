package io.caravan.rendering;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/** What a name in a template means. What is the same for everybody is looked up here, at compile. */
final class Names {

    private final String campaign;
    private final Map<String, Object> vars;
    private final Map<String, String> tags;
    private final Deque<Set<String>> locals = new ArrayDeque<>();

    Names(String campaign, Map<String, Object> vars, Map<String, String> tags) {
        this.campaign = campaign;
        this.vars = vars;
        this.tags = tags;
    }

    void push(Set<String> names) {
        locals.push(names);
    }

    void pop() {
        locals.pop();
    }

    Expression resolve(List<String> path) {
        String first = path.getFirst();
        if (locals.stream().anyMatch(names -> names.contains(first))) {
            return new Expression.Local(first, path.subList(1, path.size()), String.join(".", path));
        }
        return switch (first) {
            case "contact" -> contact(path);
            case "vars" -> variable(path);
            case "campaign" -> campaign(path);
            case "links" -> link(path);
            case "list" -> throw new BadExpression("nothing is known of 'list'; write ${campaign.name} or ${vars...}");
            default -> attribute(path, 0);
        };
    }

    private static Expression contact(List<String> path) {
        return path.size() == 1
                ? bad("'contact' alone is no value; write ${contact.email} or ${contact.first_name}")
                : attribute(path, 1);
    }

    private static Expression attribute(List<String> path, int at) {
        if (path.size() > at + 1) {
            return bad("'" + String.join(".", path) + "': attributes are plain texts and have no parts; write ${"
                    + path.get(at) + "}");
        }
        return path.get(at).equals("email")
                ? new Expression.Address()
                : new Expression.Attribute(path.get(at).toLowerCase(Locale.ROOT), String.join(".", path)); // as they are kept
    }

    private Expression variable(List<String> path) {
        @Nullable
        Object value = vars;
        for (int i = 1; i < path.size(); i++) {
            value = Expression.Local.step(value, path.get(i));
            if (value == null) {
                return bad("nothing named '" + String.join(".", path.subList(0, i + 1)) + "'; known are "
                        + known(path.subList(1, i)));
            }
        }
        return path.size() == 1 ? bad("'vars' alone is no value; write ${vars.name}") : new Expression.Literal(value);
    }

    private String known(List<String> path) {
        @Nullable
        Object value = vars;
        for (String step : path) {
            value = Expression.Local.step(value, step);
        }
        return value instanceof Map<?, ?> map && !map.isEmpty()
                ? String.join(", ", map.keySet().stream().map(String::valueOf).sorted().toList())
                : "none; add it under vars: in the campaign file";
    }

    private Expression campaign(List<String> path) {
        if (path.size() == 2 && path.get(1).equals("name")) {
            return new Expression.Literal(campaign);
        }
        if (path.size() == 3 && path.get(1).equals("tags") && tags.get(path.get(2)) instanceof String value) {
            return new Expression.Literal(value);
        }
        return bad("nothing named '" + String.join(".", path) + "'; known are campaign.name and campaign.tags.NAME");
    }

    private static Expression link(List<String> path) {
        return switch (String.join(".", path)) {
            case "links.unsubscribe" -> Expression.Link.UNSUBSCRIBE;
            case "links.view" -> Expression.Link.VIEW;
            case "links.preferences" -> Expression.Link.PREFERENCES;
            default -> bad("nothing named '" + String.join(".", path)
                    + "'; known are links.unsubscribe, links.view, links.preferences");
        };
    }

    private static Expression bad(String message) {
        throw new BadExpression(message);
    }
}
