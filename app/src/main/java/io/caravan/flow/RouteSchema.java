package io.caravan.flow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.NonValidationKeyword;
import com.networknt.schema.path.NodePath;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Camel's own JSON schema for its YAML DSL: finds misspelt and misplaced steps and options. */
final class RouteSchema {

    private static final String PLACE = "schema/camelYamlDsl-canonical.json";

    private final Schema schema;

    RouteSchema() {
        var in = RouteSchema.class.getClassLoader().getResourceAsStream(PLACE);
        if (in == null) {
            throw new IllegalStateException(
                    PLACE + " is not on the class path: the program's jar is damaged, fetch it again");
        }
        Dialect dialect = Dialect.builder(Dialects.getDraft4()).keyword(new NonValidationKeyword("deprecated")).build();
        schema = SchemaRegistry.withDefaultDialect(dialect).getSchema(in);
    }

    /** One problem a line at most: behind a wrong word the schema finds many. */
    List<RouteProblem> check(RouteFile file, Node root) {
        Map<Integer, Error> worst = new HashMap<>();
        Map<Integer, RouteProblem> problems = new HashMap<>();
        for (Error error : schema.validate(RouteYaml.json(root))) {
            int line = line(root, error);
            if (worst.get(line) instanceof Error other && rank(other) >= rank(error)) {
                continue;
            }
            worst.put(line, error);
            problems.put(line, new RouteProblem(file.shown(), line, words(error),
                    "see Camel's YAML DSL, or a shipped file, for how this step is written"));
        }
        return new ArrayList<>(problems.values());
    }

    private static int rank(Error error) {
        return switch (error.getKeyword()) {
            case "additionalProperties" -> 3;
            case "required" -> 2;
            case "type", "enum" -> 1;
            default -> 0;
        };
    }

    private static String words(Error error) {
        String place = String.valueOf(error.getInstanceLocation());
        return "'" + place.replaceFirst(".*/", "") + "': " + error.getMessage();
    }

    private static int line(Node root, Error error) {
        NodePath path = error.getInstanceLocation();
        Node node = root;
        int line = RouteYaml.line(root);
        for (int i = 0; i < path.getNameCount(); i++) {
            Node next = step(node, path.getName(i));
            if (next == null) {
                break;
            }
            line = lineOf(node, path.getName(i), next);
            node = next;
        }
        String property = error.getProperty();
        if ("additionalProperties".equals(error.getKeyword()) && property != null) {
            Node wrong = step(node, property);
            return wrong == null ? line : lineOf(node, property, wrong);
        }
        return line;
    }

    private static int lineOf(Node parent, String name, Node value) {
        if (parent instanceof MappingNode map) {
            return map.getValue().stream().map(t -> t.getKeyNode()).filter(k -> RouteYaml.text(k).equals(name))
                    .findFirst()
                    .map(RouteYaml::line).orElseGet(() -> RouteYaml.line(value));
        }
        return RouteYaml.line(value);
    }

    private static @Nullable Node step(Node node, String name) {
        if (node instanceof SequenceNode list) {
            int at = Integer.parseInt(name);
            return at < list.getValue().size() ? list.getValue().get(at) : null;
        }
        return RouteYaml.child(node, name);
    }
}
