package io.caravan.flow;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

import io.caravan.flow.RouteFacts.Fact;
import io.caravan.mail.InvalidInput;

/**
 * Says everything that is wrong with a set of route files, before anything is started: YAML, Camel's schema, the rules of the house,
 * and whether the routes can be built. Takes about a second.
 */
public final class RouteCheck {

    private static final String SEAM = "caravan.seam.batches";

    private final RouteApi api;
    private final RouteProperties properties;
    private final RouteSchema schema = new RouteSchema();

    public RouteCheck(RouteApi api, RouteProperties properties) {
        this.api = api;
        this.properties = properties;
    }

    /**
     * The packed routes with a folder's laid over them.
     *
     * @param folder may be absent, and need not exist
     * @return sorted by file and line; empty: they may be used
     */
    public List<RouteProblem> check(@Nullable Path folder) {
        return check(folder, List.of());
    }

    /** The packed routes with a folder's laid over them, and single files over those: what would be if they were put into the folder. */
    public List<RouteProblem> check(@Nullable Path folder, List<Path> files) {
        try {
            return check(RouteFile.layered(RouteFile.layered(folder), files.stream().map(RouteFile::read).toList()));
        } catch (InvalidInput e) {
            return e.problems().stream().map(RouteCheck::fromSentence).toList();
        }
    }

    /** A whole set. Problems are sorted by file and line; none: the set may be used. */
    public List<RouteProblem> check(List<RouteFile> files) {
        List<RouteProblem> problems = new ArrayList<>();
        List<RouteFacts> facts = new ArrayList<>();
        for (RouteFile file : files) {
            Node root = RouteYaml.parse(file, problems);
            if (root != null) {
                facts.add(one(file, root, problems));
            }
        }
        together(facts, problems);
        seam(problems);
        if (problems.isEmpty()) {
            RouteTrial.run(files, api, properties, problems);
        }
        return problems.stream().distinct().sorted().toList();
    }

    /** The names that a campaign may give as its workflow: every {@code direct:} route but those that the program calls itself. */
    public Set<String> workflows(List<RouteFile> files) {
        Set<String> names = new TreeSet<>();
        for (RouteFile file : files) {
            Node root = RouteYaml.parse(file, new ArrayList<>());
            if (root != null) {
                RouteRules.check(file, root, api, properties, new ArrayList<>()).sources().stream().map(Fact::name)
                        .filter(name -> name.startsWith("direct:")).map(name -> name.substring("direct:".length()))
                        .filter(name -> !name.equals("campaign-due") && !name.endsWith("-results")).forEach(names::add);
            }
        }
        return names;
    }

    private RouteFacts one(RouteFile file, Node root, List<RouteProblem> problems) {
        List<RouteProblem> house = new ArrayList<>();
        RouteFacts facts = RouteRules.check(file, root, api, properties, house);
        problems.addAll(house);
        Set<Integer> told = new HashSet<>(house.stream().map(RouteProblem::line).toList());
        schema.check(file, root).stream().filter(p -> !told.contains(p.line())).forEach(problems::add);
        return facts;
    }

    private static void together(List<RouteFacts> all, List<RouteProblem> problems) {
        Set<String> configurations = new HashSet<>();
        Set<String> directs = new HashSet<>();
        all.forEach(f -> f.configurations().forEach(c -> configurations.add(c.name())));
        all.forEach(f -> f.sources().forEach(s -> directs.add(s.name())));
        Map<String, String> ids = new HashMap<>();
        Map<String, String> sources = new HashMap<>();
        for (RouteFacts facts : all) {
            String file = facts.file().shown();
            for (Fact id : facts.routes()) {
                unique(ids, id, file, "the route id '" + id.name() + "' is taken by ",
                        "give each route an id of its own", problems);
            }
            for (Fact source : facts.sources()) {
                unique(sources, source, file, "'" + source.name() + "' is read already by ",
                        "let one route read it and share out", problems);
            }
            for (Fact used : facts.configurationsUsed()) {
                if (!configurations.contains(used.name())) {
                    problems.add(
                            new RouteProblem(file, used.line(), "there is no routeConfiguration '" + used.name() + "'",
                                    "use one of " + String.join(", ", new TreeSet<>(configurations))
                                            + " (Camel would pass over it in silence)"));
                }
            }
            for (Fact target : facts.directTargets()) {
                if (!directs.contains("direct:" + target.name())) {
                    problems.add(new RouteProblem(file, target.line(), "no route begins at direct:" + target.name(),
                            "write one, or correct the name"));
                }
            }
        }
    }

    private static void unique(Map<String, String> seen, Fact fact, String file, String what, String todo,
            List<RouteProblem> problems) {
        String place = file + ":" + fact.line();
        String first = seen.putIfAbsent(fact.name(), place);
        if (first != null && !fact.name().isEmpty() && !fact.name().startsWith("file:")) {
            problems.add(new RouteProblem(file, fact.line(), what + first, todo));
        }
    }

    private void seam(List<RouteProblem> problems) {
        String seam = properties.value(SEAM);
        if (seam == null) {
            return;
        }
        if (seam.matches("(seda|jms|kafka):[A-Za-z0-9:._-]+(\\?.*)?")) {
            component(seam.substring(0, seam.indexOf(':')), problems);
            return;
        }
        problems.add(
                new RouteProblem("configuration", 1, SEAM + "=" + RouteWords.cut(seam) + " is no place for batches",
                        "use seda:batches on one machine, jms:queue:NAME or kafka:NAME on several"));
    }

    /** Brokers' components are not part of every build. */
    private static void component(String scheme, List<RouteProblem> problems) {
        if (RouteCheck.class.getClassLoader()
                .getResource("META-INF/services/org/apache/camel/component/" + scheme) == null) {
            problems.add(new RouteProblem("configuration", 1,
                    SEAM + " is at " + scheme + ":, and this program was built without camel-" + scheme,
                    scheme.equals("jms")
                            ? "build it with mvn -Partemis package, see examples/broker"
                            : "add it and a client to pom.xml, or use jms:NAME"));
        }
    }

    /** A file that could not be read tells {@code file:1: what; todo} already. */
    static RouteProblem fromSentence(String sentence) {
        int line = sentence.indexOf(":1: ");
        int todo = sentence.lastIndexOf("; ");
        return line < 0 || todo < line
                ? new RouteProblem("routes", 1, sentence, "put it right")
                : new RouteProblem(sentence.substring(0, line), 1, sentence.substring(line + 4, todo),
                        sentence.substring(todo + 2));
    }
}
