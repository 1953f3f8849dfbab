package io.caravan.flow;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A route file's YAML with the line of every node. Nothing is constructed from it, so a tag cannot make an object; tags, anchors,
 * aliases, repeated keys and second documents are problems.
 */
final class RouteYaml {

    private static final LoadSettings SETTINGS = LoadSettings.builder().setCodePointLimit(RouteFile.LARGEST).build();
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private RouteYaml() {
    }

    /** The tree, or null when there is none because of a problem; what is wrong goes to {@code problems}. */
    static @Nullable Node parse(RouteFile file, List<RouteProblem> problems) {
        try {
            int before = problems.size();
            for (Event event : new Parse(SETTINGS).parseString(file.text())) {
                refuse(event, file, problems);
            }
            if (problems.size() > before) {
                return null; // aliases could be a bomb: not composed
            }
            Node root = new Compose(SETTINGS).composeString(file.text()).orElse(null);
            if (root == null) {
                problems.add(
                        new RouteProblem(file.shown(), 1, "the file is empty", "write a route, or remove the file"));
                return null;
            }
            repeated(root, file, problems);
            return root;
        } catch (MarkedYamlEngineException e) {
            boolean atEnd = String.valueOf(e.getProblem()).contains("end of stream"); // then where it began helps more
            Optional<Mark> mark = atEnd
                    ? e.getContextMark().or(e::getProblemMark)
                    : e.getProblemMark().or(e::getContextMark);
            int line = line(mark);
            problems.add(new RouteProblem(file.shown(), line, "this is no YAML: " + e.getProblem(),
                    "look at indentation, quotes and colons here and in the line above"));
            return null;
        } catch (YamlEngineException e) {
            problems.add(new RouteProblem(file.shown(), 1, "this is no YAML: " + e.getMessage(),
                    "write it again from a shipped file"));
            return null;
        }
    }

    private static void refuse(Event event, RouteFile file, List<RouteProblem> problems) {
        int line = line(event.getStartMark());
        Optional<String> tag = switch (event) {
            case ScalarEvent scalar -> scalar.getTag();
            case CollectionStartEvent start -> start.getTag();
            default -> Optional.empty();
        };
        tag.ifPresent(
                t -> problems.add(new RouteProblem(file.shown(), line, "the tag " + t + " is not allowed in routes",
                        "remove the ! and what follows it up to the value")));
        if (event instanceof AliasEvent || event instanceof NodeEvent node && node.getAnchor().isPresent()) {
            problems.add(new RouteProblem(file.shown(), line, "anchors (&) and aliases (*) are not allowed in routes",
                    "write the value out"));
        }
        if (event instanceof DocumentStartEvent start && start.isExplicit() && line > 1
                && file.text().lines().limit(line - 1L)
                        .anyMatch(l -> !l.isBlank() && !l.startsWith("#"))) {
            problems.add(new RouteProblem(file.shown(), line, "a route file holds one YAML document",
                    "remove the line ---"));
        }
    }

    private static void repeated(Node node, RouteFile file, List<RouteProblem> problems) {
        switch (node) {
            case SequenceNode list -> list.getValue().forEach(item -> repeated(item, file, problems));
            case MappingNode map -> {
                Set<String> seen = new HashSet<>();
                for (NodeTuple entry : map.getValue()) {
                    if (!seen.add(text(entry.getKeyNode()))) {
                        problems.add(new RouteProblem(file.shown(), line(entry.getKeyNode()),
                                "'" + text(entry.getKeyNode()) + "' stands twice in one step", "keep one of them"));
                    }
                    repeated(entry.getValueNode(), file, problems);
                }
            }
            default -> {
            }
        }
    }

    /** 1 for the first. */
    static int line(Node node) {
        return line(node.getStartMark());
    }

    private static int line(Optional<Mark> mark) {
        return mark.map(m -> m.getLine() + 1).orElse(1);
    }

    /** A scalar's text, {@code ""} for anything else. */
    static String text(@Nullable Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }

    /** The value of a key, or null. */
    static @Nullable Node child(@Nullable Node node, String key) {
        return node instanceof MappingNode map
                ? map.getValue().stream().filter(t -> text(t.getKeyNode()).equals(key))
                        .map(NodeTuple::getValueNode).findFirst().orElse(null)
                : null;
    }

    static JsonNode json(Node node) {
        return switch (node) {
            case SequenceNode list -> {
                ArrayNode array = JSON.arrayNode();
                list.getValue().forEach(item -> array.add(json(item)));
                yield array;
            }
            case MappingNode map -> {
                ObjectNode object = JSON.objectNode();
                map.getValue().forEach(entry -> object.set(text(entry.getKeyNode()), json(entry.getValueNode())));
                yield object;
            }
            case ScalarNode scalar -> scalar(scalar);
            default -> JSON.nullNode();
        };
    }

    private static JsonNode scalar(ScalarNode node) {
        String value = node.getValue();
        if (node.getTag().equals(Tag.BOOL)) {
            return JSON.booleanNode(Boolean.parseBoolean(value));
        }
        if (node.getTag().equals(Tag.INT) && value.matches("[-+]?\\d{1,18}")) {
            return JSON.numberNode(Long.parseLong(value));
        }
        return node.getTag().equals(Tag.NULL) ? JSON.nullNode() : JSON.stringNode(value);
    }
}
