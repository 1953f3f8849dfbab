package io.caravan.flow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** The routes of a set of files that passed the check, drawn as steps. */
final class RouteDrawing {

    private static final Map<String, String> KINDS = Map.ofEntries(Map.entry("bean", "call"),
            Map.entry("to", "send to"),
            Map.entry("toD", "send to"), Map.entry("wireTap", "send a copy to"), Map.entry("choice", "choose"),
            Map.entry("when", "when"), Map.entry("otherwise", "otherwise"), Map.entry("filter", "only if"),
            Map.entry("split", "for each of"), Map.entry("multicast", "to each of these"), Map.entry("log", "log"),
            Map.entry("pipeline", "in order"), Map.entry("delay", "wait"), Map.entry("throttle", "at most"),
            Map.entry("stop", "stop here"), Map.entry("setHeader", "set header"),
            Map.entry("setVariable", "set variable"),
            Map.entry("setProperty", "set property"), Map.entry("setBody", "set body"),
            Map.entry("removeHeader", "remove header"), Map.entry("removeVariable", "remove variable"),
            Map.entry("removeProperty", "remove property"));
    private static final Set<String> SENDS = Set.of("to", "toD", "wireTap");

    /**
     * A route.
     *
     * @param lines    the first and the last of its own in the file
     * @param source   {@code direct:standard}: the key by which others send to it
     * @param from     where it reads; its steps are the route's
     */
    record Drawn(RouteFile file, String id, String description, int firstLine, int lastLine, RouteUri source,
            RouteStep from) {

        String sourceKey() {
            return key(source);
        }
    }

    private final Map<String, String> begins = new HashMap<>();

    private RouteDrawing() {
    }

    /** By id, in the order of the files. */
    static Map<String, Drawn> of(List<RouteFile> files) {
        RouteDrawing drawing = new RouteDrawing();
        Map<RouteFile, List<Node>> entries = new LinkedHashMap<>();
        for (RouteFile file : files) {
            if (RouteYaml.parse(file, new ArrayList<>()) instanceof SequenceNode list) {
                entries.put(file, list.getValue());
                list.getValue().forEach(drawing::begins);
            }
        }
        Map<String, Drawn> drawn = new LinkedHashMap<>();
        entries.forEach((file, all) -> {
            for (int i = 0; i < all.size(); i++) {
                int end = i + 1 < all.size()
                        ? RouteYaml.line(all.get(i + 1)) - 1
                        : (int) file.text().lines().count();
                Drawn one = drawing.route(file, all.get(i), end);
                if (one != null) {
                    drawn.put(one.id(), one);
                }
            }
        });
        return drawn;
    }

    private void begins(Node entry) {
        Node route = RouteYaml.child(entry, "route");
        Node from = RouteYaml.child(route, "from");
        if (from != null) {
            begins.put(key(RouteUri.of(from)), RouteYaml.text(RouteYaml.child(route, "id")));
        }
    }

    private @Nullable Drawn route(RouteFile file, Node entry, int end) {
        Node route = RouteYaml.child(entry, "route");
        Node from = RouteYaml.child(route, "from");
        if (route == null || from == null) {
            return null;
        }
        RouteUri source = RouteUri.of(from);
        RouteStep first = new RouteStep("from", shown(source), text(from, "description"), RouteYaml.line(from), null,
                steps(RouteYaml.child(from, "steps")));
        return new Drawn(file, text(route, "id"), text(route, "description"), RouteYaml.line(entry), end, source,
                first);
    }

    private List<RouteStep> steps(@Nullable Node list) {
        List<RouteStep> steps = new ArrayList<>();
        if (list instanceof SequenceNode sequence) {
            sequence.getValue().forEach(item -> {
                if (item instanceof MappingNode map) {
                    map.getValue().forEach(step -> steps.add(step(step)));
                }
            });
        }
        return steps;
    }

    private RouteStep step(NodeTuple tuple) {
        String word = RouteYaml.text(tuple.getKeyNode());
        Node node = tuple.getValueNode();
        String leadsTo = SENDS.contains(word) ? begins.get(key(RouteUri.of(node))) : null;
        return new RouteStep(KINDS.getOrDefault(word, word), what(word, node), text(node, "description"),
                RouteYaml.line(tuple.getKeyNode()), leadsTo, inside(word, node));
    }

    private List<RouteStep> inside(String word, Node node) {
        if (!word.equals("choice")) {
            return steps(RouteYaml.child(node, "steps"));
        }
        List<RouteStep> branches = new ArrayList<>();
        if (RouteYaml.child(node, "when") instanceof SequenceNode list) {
            list.getValue().forEach(when -> branches.add(branch("when", when)));
        }
        Node otherwise = RouteYaml.child(node, "otherwise");
        if (otherwise != null) {
            branches.add(branch("otherwise", otherwise));
        }
        return branches;
    }

    private RouteStep branch(String word, Node node) {
        return new RouteStep(word, what(word, node), text(node, "description"), RouteYaml.line(node), null,
                steps(RouteYaml.child(node, "steps")));
    }

    private static String what(String word, Node node) {
        String name = text(node, "name");
        return switch (word) {
            case "bean" -> text(node, "ref") + (text(node, "method").isEmpty() ? "" : "." + text(node, "method"));
            case "to", "toD", "wireTap" -> shown(RouteUri.of(node));
            case "log" -> text(node, "message");
            default -> name + (name.isEmpty() || expression(node).isEmpty() ? "" : " = ") + expression(node);
        };
    }

    /** The text of {@code simple:}, {@code constant:} and their like, with or without {@code expression:} around it. */
    private static String expression(Node node) {
        for (String language : List.of("simple", "constant", "header", "variable", "exchangeProperty", "expression")) {
            Node found = RouteYaml.child(node, language);
            if (found != null) {
                return found instanceof MappingNode deeper ? expression(deeper) : RouteYaml.text(found);
            }
        }
        return RouteYaml.text(node);
    }

    private static String text(@Nullable Node node, String key) {
        return RouteYaml.text(RouteYaml.child(node, key)).strip();
    }

    private static String shown(RouteUri uri) {
        return uri.path().isEmpty() ? uri.scheme() : uri.scheme() + ":" + uri.path();
    }

    private static String key(RouteUri uri) {
        return uri.scheme() + ":" + uri.path();
    }

    /** The ids of the routes that its steps send to. */
    static Set<String> targets(RouteStep step) {
        Set<String> targets = new HashSet<>();
        if (step.leadsTo() != null) {
            targets.add(step.leadsTo());
        }
        step.steps().forEach(inner -> targets.addAll(targets(inner)));
        return targets;
    }

    /** Some step of it sends to the workflow that a batch's campaign names. */
    static boolean sendsToWorkflows(RouteStep step) {
        return step.what().startsWith("direct:${body.workflow}")
                || step.steps().stream().anyMatch(RouteDrawing::sendsToWorkflows);
    }
}
