package io.caravan.flow;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

import io.caravan.mail.InvalidInput;
import io.caravan.shaping.Fault;
import io.caravan.shaping.ReplyKind;
import io.caravan.shaping.ReplyRules;
import io.caravan.shaping.ReplyRules.Rule;
import io.caravan.shaping.Verb;

/** {@code reply-rules.yaml}: the shipped one, and over it an owner's. Every problem at once, with file and line. */
public final class ReplyRulesFile {

    /** The name by which {@code check} knows one. */
    public static final String NAME = "reply-rules.yaml";

    private static final List<String> KEYS = List.of("rule", "kind", "fault", "says", "why", "code", "status",
            "provider", "at", "text", "words-of", "off");
    private static final List<String> NEEDED = List.of("rule", "kind", "fault", "says", "why");

    /** What a file holds, in order. {@code off}: names that it takes out. */
    private record Content(boolean replace, Map<String, Rule> rules, List<String> off) {
    }

    private ReplyRulesFile() {
    }

    /**
     * The rules in force.
     *
     * @param own an owner's file; need not exist
     * @throws InvalidInput with every problem, {@code file:line: what; what to do}
     */
    public static ReplyRules read(Path own) {
        List<RouteProblem> problems = new ArrayList<>();
        Content shipped = content(packed(), problems);
        List<Rule> rules = new ArrayList<>(shipped.rules().values());
        if (Files.exists(own)) {
            Content over = content(file(own), problems);
            rules = layered(shipped, over);
        }
        if (!problems.isEmpty()) {
            throw new InvalidInput(problems.stream().sorted().map(RouteProblem::toString).toList());
        }
        return new ReplyRules(rules);
    }

    /** What is wrong with a file by itself. */
    static List<String> problems(Path file) {
        List<RouteProblem> problems = new ArrayList<>();
        try {
            content(file(file), problems);
        } catch (InvalidInput e) {
            return e.problems();
        }
        return problems.stream().sorted().map(RouteProblem::toString).toList();
    }

    /** Own rules first, but one of a shipped name in the place of that; then what is left of the shipped ones. */
    private static List<Rule> layered(Content shipped, Content over) {
        if (over.replace()) {
            return List.copyOf(over.rules().values());
        }
        List<Rule> rules = new ArrayList<>();
        over.rules().forEach((name, rule) -> {
            if (!shipped.rules().containsKey(name)) {
                rules.add(rule);
            }
        });
        shipped.rules().forEach((name, rule) -> {
            if (!over.off().contains(name)) {
                rules.add(over.rules().getOrDefault(name, rule));
            }
        });
        return rules;
    }

    private static Content content(RouteFile file, List<RouteProblem> problems) {
        Content content = new Content(false, new LinkedHashMap<>(), new ArrayList<>());
        Node root = RouteYaml.parse(file, problems);
        if (root == null) {
            return content;
        }
        if (!(RouteYaml.child(root, "rules") instanceof SequenceNode list)) {
            problems.add(new RouteProblem(file.shown(), RouteYaml.line(root), "there is no list 'rules'",
                    "begin with rules: and write one entry for each rule"));
            return content;
        }
        for (Node entry : list.getValue()) {
            take(entry, file, content, problems);
        }
        boolean replace = RouteYaml.text(RouteYaml.child(root, "replace")).equals("true");
        return new Content(replace, content.rules(), content.off());
    }

    private static void take(Node entry, RouteFile file, Content content, List<RouteProblem> problems) {
        int before = problems.size();
        if (!(entry instanceof MappingNode map)) {
            problems.add(new RouteProblem(file.shown(), RouteYaml.line(entry), "this is no rule",
                    "write - rule: NAME and its keys below"));
            return;
        }
        for (NodeTuple pair : map.getValue()) {
            String key = RouteYaml.text(pair.getKeyNode());
            if (!KEYS.contains(key)) {
                problems.add(new RouteProblem(file.shown(), RouteYaml.line(pair.getKeyNode()),
                        "a rule has no key '" + key + "'", "use " + String.join(", ", KEYS)));
            }
        }
        String name = RouteYaml.text(RouteYaml.child(entry, "rule"));
        if (RouteYaml.text(RouteYaml.child(entry, "off")).equals("true")) {
            content.off().add(name);
            return;
        }
        NEEDED.stream().filter(key -> RouteYaml.text(RouteYaml.child(entry, key)).isBlank())
                .forEach(key -> problems.add(new RouteProblem(file.shown(), RouteYaml.line(entry),
                        "the rule '" + name + "' has no " + key, "write " + key + ": ...")));
        if (content.rules().containsKey(name)) {
            problems.add(new RouteProblem(file.shown(), RouteYaml.line(entry),
                    "a rule '" + name + "' stands there already", "give each a name of its own"));
        }
        ReplyKind kind = word(ReplyKind.class, entry, "kind", file, problems);
        Fault fault = word(Fault.class, entry, "fault", file, problems);
        List<Verb> at = verbs(entry, file, problems);
        if (kind == null || fault == null || problems.size() > before) {
            return;
        }
        try {
            content.rules().put(name, new Rule(name, kind, fault, RouteYaml.text(RouteYaml.child(entry, "says")),
                    list(entry, "code"), list(entry, "status"), list(entry, "provider"), at,
                    texts(entry, file, content, problems)));
        } catch (InvalidInput e) {
            e.problems().forEach(what -> problems.add(new RouteProblem(file.shown(), lineOf(entry, what),
                    "the rule '" + name + "': " + what, "correct it")));
        }
    }

    /** Its own phrases, and those of the rule that it names. */
    private static List<String> texts(Node entry, RouteFile file, Content content, List<RouteProblem> problems) {
        List<String> texts = new ArrayList<>(list(entry, "text"));
        for (String name : list(entry, "words-of")) {
            Rule other = content.rules().get(name);
            if (other == null) {
                problems.add(new RouteProblem(file.shown(), line(entry, "words-of"),
                        "no rule '" + name + "' stands above in this file",
                        "name one that does, or write its text out"));
            } else {
                texts.addAll(other.text());
            }
        }
        return texts;
    }

    private static int line(Node entry, String key) {
        Node value = RouteYaml.child(entry, key);
        return RouteYaml.line(value == null ? entry : value);
    }

    private static List<Verb> verbs(Node entry, RouteFile file, List<RouteProblem> problems) {
        List<Verb> verbs = new ArrayList<>();
        for (String written : list(entry, "at")) {
            Verb verb = Verb.of(written);
            if (!verb.name().equalsIgnoreCase(written)) {
                problems.add(new RouteProblem(file.shown(), line(entry, "at"),
                        "'" + written + "' is no verb",
                        "write " + Arrays.stream(Verb.values()).map(Verb::name).collect(Collectors.joining(", "))));
            }
            verbs.add(verb);
        }
        return verbs;
    }

    private static <E extends Enum<E>> @Nullable E word(Class<E> of, Node entry, String key, RouteFile file,
            List<RouteProblem> problems) {
        Node value = RouteYaml.child(entry, key);
        String written = RouteYaml.text(value);
        for (E one : of.getEnumConstants()) {
            if (one.name().toLowerCase(Locale.ROOT).equals(written)) {
                return one;
            }
        }
        if (value != null && !written.isBlank()) {
            problems.add(new RouteProblem(file.shown(), RouteYaml.line(value), "'" + written + "' is no " + key,
                    "write " + String.join(", ", Arrays.stream(of.getEnumConstants())
                            .map(one -> one.name().toLowerCase(Locale.ROOT)).toList())));
        }
        return null;
    }

    /** A list, or one value. */
    private static List<String> list(Node entry, String key) {
        return switch (RouteYaml.child(entry, key)) {
            case SequenceNode list -> list.getValue().stream().map(RouteYaml::text).toList();
            case ScalarNode one -> List.of(one.getValue());
            case null, default -> List.of();
        };
    }

    /** The line of the value that a sentence quotes, else the rule's. */
    private static int lineOf(Node entry, String what) {
        for (String key : List.of("code", "status", "text")) {
            if (RouteYaml.child(entry, key) instanceof SequenceNode list) {
                for (Node item : list.getValue()) {
                    if (what.startsWith("'" + RouteYaml.text(item) + "'")) {
                        return RouteYaml.line(item);
                    }
                }
            }
        }
        return RouteYaml.line(entry);
    }

    private static RouteFile packed() {
        try (InputStream in = ReplyRulesFile.class.getResourceAsStream("/" + NAME)) {
            if (in == null) {
                throw new IllegalStateException("the program's jar is damaged: " + NAME + " is not in it");
            }
            return new RouteFile(NAME, "(packed) " + NAME, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("the program's jar is damaged, fetch it again", e);
        }
    }

    private static RouteFile file(Path path) {
        try {
            if (!Files.isRegularFile(path) || Files.size(path) > RouteFile.LARGEST) {
                throw new InvalidInput(
                        path + ":1: is not a plain file of at most 256 kB; put rules for replies there or remove it");
            }
            return new RouteFile(NAME, path.toString(), Files.readString(path));
        } catch (CharacterCodingException e) {
            throw new InvalidInput(path + ":1: is not UTF-8 text; save it as UTF-8", e);
        } catch (IOException e) {
            throw new InvalidInput(path + ":1: cannot be read (" + e.getMessage() + "); check its owner and mode", e);
        }
    }
}
