package io.caravan.flow;

import java.util.List;
import java.util.Map;
import java.util.Set;

import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

import io.caravan.flow.RouteApi.Refusal;
import io.caravan.flow.RouteFacts.Fact;

/**
 * The rules of the house for one route file, in a walk over its tree. Everything that is not on a list is refused: words of the DSL,
 * components, options, beans, and what may stand in texts.
 */
final class RouteRules {

    private static final String FAILURES = "00-failures" + RouteFile.ENDING;

    private static final Set<String> WORDS = Set.of("route", "routeConfiguration", "id", "description", "note", "from",
            "group",
            "routeConfigurationId", "autoStartup", "startupOrder", "uri", "parameters", "steps", "disabled",
            "bean", "ref", "method", "to", "toD", "wireTap", "allowedSchemes", "pattern", "copy",
            "choice", "when", "otherwise", "filter", "expression", "simple", "constant", "header", "variable",
            "exchangeProperty",
            "log", "message", "loggingLevel", "logName", "split", "multicast", "parallelProcessing", "stopOnException",
            "streaming",
            "pipeline", "delay", "throttle", "timePeriodMillis", "mode", "asyncDelayed", "stop",
            "setHeader", "removeHeader", "setVariable", "removeVariable", "setProperty", "removeProperty", "setBody",
            "name");
    private static final Set<String> FAILURE_WORDS = Set.of("onException", "exception", "handled", "useOriginalBody",
            "onWhen",
            "redeliveryPolicy", "maximumRedeliveries", "redeliveryDelay", "maximumRedeliveryDelay", "backOffMultiplier",
            "useExponentialBackOff", "retryAttemptedLogLevel", "retriesExhaustedLogLevel", "logStackTrace",
            "logExhausted");
    private static final Set<String> EXCEPTIONS = Set.of("java.lang.Throwable", "java.lang.Exception",
            "io.caravan.mail.TemporaryFault", "io.caravan.mail.PermanentFault");
    private static final Set<String> FOR_PEOPLE = Set.of("description", "note");
    private static final Map<String, String> WHY = Map.of(
            "beanType", "name a step bean with ref; classes are not reached from routes",
            "onException", "failures are told in " + FAILURES + " alone; name its routeConfigurationId",
            "errorHandler", "failures are told in " + FAILURES + " alone; name its routeConfigurationId",
            "doTry", "failures are told in " + FAILURES + " alone; name its routeConfigurationId",
            "script", "scripts are not run; let a step bean decide");

    private final RouteFile file;
    private final RouteApi api;
    private final RouteProperties properties;
    private final List<RouteProblem> problems;
    private final RouteFacts facts;
    private final boolean failures;

    private RouteRules(RouteFile file, RouteApi api, RouteProperties properties, List<RouteProblem> problems) {
        this.file = file;
        this.api = api;
        this.properties = properties;
        this.problems = problems;
        facts = new RouteFacts(file);
        failures = file.name().equals(FAILURES);
    }

    static RouteFacts check(RouteFile file, Node root, RouteApi api, RouteProperties properties,
            List<RouteProblem> problems) {
        RouteRules rules = new RouteRules(file, api, properties, problems);
        rules.entries(root);
        return rules.facts;
    }

    private void entries(Node root) {
        if (!(root instanceof SequenceNode list)) {
            problem(root, "a route file is a list", "begin each route with '- route:'");
            return;
        }
        for (Node entry : list.getValue()) {
            if (RouteYaml.child(entry, "route") instanceof MappingNode route) {
                route(entry, route);
            } else if (RouteYaml.child(entry, "routeConfiguration") instanceof MappingNode configuration && failures) {
                facts.configurations().add(fact(RouteYaml.child(configuration, "id"), configuration));
            } else {
                problem(entry, "'" + firstWord(entry) + "' may not stand at the top of " + file.name(),
                        failures ? "use '- routeConfiguration:' or '- route:'" : "begin each route with '- route:'");
            }
            walk(entry, "");
        }
    }

    private void route(Node entry, MappingNode route) {
        required(entry, route, "id", "give it one that begins with a verb, as in 'deliver-batch'");
        required(entry, route, "description", "say in a sentence what it is for");
        if (required(entry, route, "routeConfigurationId",
                "write 'routeConfigurationId: give-back', or one of your own in " + FAILURES)) {
            facts.configurationsUsed().add(fact(RouteYaml.child(route, "routeConfigurationId"), entry));
        }
        facts.routes().add(fact(RouteYaml.child(route, "id"), entry));
        if (RouteYaml.child(route, "from") instanceof MappingNode from) {
            RouteUri uri = RouteUri.of(from);
            facts.sources().add(new Fact(uri.scheme() + ":" + uri.path(), RouteYaml.line(from)));
        }
    }

    private boolean required(Node entry, MappingNode route, String key, String todo) {
        boolean there = !RouteYaml.text(RouteYaml.child(route, key)).isBlank();
        if (!there) {
            problem(entry, "the route has no " + key, todo);
        }
        return there;
    }

    private void walk(Node node, String parent) {
        switch (node) {
            case MappingNode map -> map.getValue().forEach(entry -> entry(entry, parent));
            case SequenceNode list -> list.getValue().forEach(item -> walk(item, parent));
            case ScalarNode scalar -> {
                if (!FOR_PEOPLE.contains(parent)) {
                    scalar(scalar, parent);
                }
            }
            default -> {
            }
        }
    }

    private void entry(NodeTuple entry, String parent) {
        String word = RouteYaml.text(entry.getKeyNode());
        Node value = entry.getValueNode();
        if (parent.equals("parameters")) {
            walk(value, "parameter");
            return;
        }
        if (!WORDS.contains(word) && !(failures && FAILURE_WORDS.contains(word))) {
            problem(entry.getKeyNode(), "'" + RouteWords.cut(word) + "' is not among the words of routes",
                    WHY.getOrDefault(word, "see routes/README.md for the steps that there are"));
            return;
        }
        switch (word) {
            case "bean", "method" -> call(word, parent, entry);
            case "from", "to", "toD", "wireTap" -> endpoint(word, value);
            case "setHeader", "removeHeader", "setProperty", "removeProperty" -> reserved(value);
            case "ref" -> {
                if (!parent.equals("bean") && !parent.equals("method")) {
                    problem(entry.getKeyNode(), "an expression may not point at a bean",
                            "use 'method:' with ref and method");
                }
            }
            default -> {
            }
        }
        walk(value, word);
    }

    private void call(String word, String parent, NodeTuple entry) {
        Node value = entry.getValueNode();
        if (value instanceof ScalarNode && word.equals("method")
                && (parent.equals("bean") || parent.equals("method"))) {
            return; // the method's name inside a call, judged with it
        }
        String bean = RouteYaml.text(RouteYaml.child(value, "ref"));
        String method = RouteYaml.text(RouteYaml.child(value, "method"));
        if (bean.isEmpty() || method.isEmpty()) {
            problem(entry.getKeyNode(), "a call needs ref and method",
                    "write 'ref: renderer' and 'method: render', for instance");
            return;
        }
        refuse(entry.getKeyNode(), api.refusal(bean, method));
    }

    private void endpoint(String word, Node owner) {
        if (!(owner instanceof MappingNode) || RouteYaml.text(RouteYaml.child(owner, "uri")).isBlank()) {
            problem(owner, "'" + word + "' has no uri", "write it as 'uri: direct:standard', for instance");
            return;
        }
        RouteUri uri = RouteUri.of(owner);
        Node at = RouteYaml.child(owner, "uri");
        refuse(at == null ? owner : at, uri.refusal(word.equals("toD")));
        if (uri.scheme().equals("direct") && (word.equals("to") || word.equals("wireTap"))) {
            facts.directTargets().add(new Fact(uri.path(), RouteYaml.line(owner)));
        }
    }

    private void reserved(Node value) {
        Node name = RouteYaml.child(value, "name");
        if (!RouteYaml.text(name).matches("[a-z][A-Za-z0-9_-]*")
                || RouteYaml.text(name).matches("(?i)camel.*|bean.*")) {
            problem(name == null ? value : name,
                    "'" + RouteWords.cut(RouteYaml.text(name)) + "' is no name for a header of routes",
                    "begin with a small letter; names that begin with Camel steer Camel itself");
        }
    }

    private void scalar(ScalarNode node, String word) {
        String text = node.getValue();
        if (word.equals("exception")) {
            if (!EXCEPTIONS.contains(text)) {
                problem(node, "'" + RouteWords.cut(text) + "' is no failure for routes",
                        "use one of " + String.join(", ", EXCEPTIONS));
            }
            return;
        }
        if (word.equals("allowedSchemes") && !text.matches("direct|seda|direct,\\s*seda")) {
            problem(node, "'" + RouteWords.cut(text) + "' are no schemes for toD", "write direct or seda");
        }
        refuse(node, RouteWords.refusal(text));
        String unset = RouteWords.unset(text, properties);
        if (unset != null) {
            problem(node, "the property " + unset + " is not set",
                    "set it in the configuration, or give a default: {{" + unset + ":value}}");
        }
    }

    private void refuse(Node node, @org.jspecify.annotations.Nullable Refusal refusal) {
        if (refusal != null) {
            problem(node, refusal.what(), refusal.todo());
        }
    }

    private void problem(Node node, String what, String todo) {
        problems.add(new RouteProblem(file.shown(), RouteYaml.line(node), what, todo));
    }

    private static Fact fact(@org.jspecify.annotations.Nullable Node name, Node otherwise) {
        return new Fact(RouteYaml.text(name), RouteYaml.line(name == null ? otherwise : name));
    }

    private static String firstWord(Node entry) {
        return entry instanceof MappingNode map && !map.getValue().isEmpty()
                ? RouteWords.cut(RouteYaml.text(map.getValue().getFirst().getKeyNode()))
                : RouteWords.cut(RouteYaml.text(entry));
    }
}
