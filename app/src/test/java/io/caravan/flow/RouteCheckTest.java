package io.caravan.flow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class RouteCheckTest {

    static final Map<String, String> SET = Map.of("caravan.drop", "build/drop", "caravan.data", "build/data",
            "caravan.seam.batches",
            "seda:batches", "caravan.batches.workers", "2");

    @TempDir
    Path folder;

    private final RouteCheck check = new RouteCheck(RouteFakes.api(), SET::get);

    @Test
    void findsNothingWrongWithTheShippedRoutesAndAnswersInASecond() {
        long start = System.nanoTime();

        List<RouteProblem> problems = check.check((Path) null);
        Duration taken = Duration.ofNanos(System.nanoTime() - start);

        assertThat(problems).isEmpty();
        assertThat(RouteFile.packed()).extracting(RouteFile::name).contains("00-failures.camel.yaml",
                "10-drop-folder.camel.yaml",
                "20-campaign-due.camel.yaml", "30-batches.camel.yaml", "40-deliver.camel.yaml",
                "45-results.camel.yaml", "80-housekeeping.camel.yaml");
        assertThat(taken).isLessThan(Duration.ofSeconds(10)); // about one; a busy machine may need more
    }

    @Test
    void refusesACopyOfAShippedRouteUnderAnotherFileName() throws IOException {
        Files.writeString(folder.resolve("41-mine.camel.yaml"), packed("40-deliver"));

        assertThat(check.check(folder)).extracting(RouteProblem::what)
                .anyMatch(w -> w.startsWith("the route id 'send-standard' is taken by"))
                .anyMatch(w -> w.startsWith("'direct:standard' is read already by"));
    }

    @Test
    void tellsEveryProblemOfEveryFileAtOnceWithItsLine() throws IOException {
        Files.writeString(folder.resolve("60-a.camel.yaml"), """
                - route:
                    id: note-a
                    routeConfigurationId: giveback
                    from:
                      uri: seda:a
                      steps:
                        - log:
                            mesage: x
                        - to:
                            uri: direct:nowhere
                        - bean:
                            ref: hours
                            method: within('09:00')
                """);
        Files.writeString(folder.resolve("61-b.camel.yaml"), "- route:\n    id: [\n");

        assertThat(check.check(folder)).extracting(RouteProblem::toString).satisfiesExactly(
                p -> assertThat(p)
                        .endsWith("60-a.camel.yaml:1: the route has no description; say in a sentence what it is for"),
                p -> assertThat(p)
                        .contains("60-a.camel.yaml:3: there is no routeConfiguration 'giveback'; use one of give-back"),
                p -> assertThat(p).contains("60-a.camel.yaml:7: 'log': required property 'message' not found"),
                p -> assertThat(p).contains("60-a.camel.yaml:8: 'mesage' is not among the words of routes"),
                p -> assertThat(p).contains("60-a.camel.yaml:10: no route begins at direct:nowhere")
                        .contains("write one, or correct the name"),
                p -> assertThat(p).contains("60-a.camel.yaml:11: 'hours.within' is called with 1 arguments"),
                p -> assertThat(p).contains("61-b.camel.yaml:").contains("this is no YAML"));
    }

    @Test
    void findsAKnownWordInTheWrongPlaceByTheSchema() throws IOException {
        Files.writeString(folder.resolve("60-a.camel.yaml"),
                RouteSetTest.EXTRA.formatted(1, 1).replace("message:", "uri:"));

        assertThat(check.check(folder)).extracting(RouteProblem::toString).anySatisfy(
                p -> assertThat(p).contains("60-a.camel.yaml:9: ").contains("property 'uri' is not defined"));
    }

    @Test
    void findsWhatOnlyBuildingShows() throws IOException {
        Files.writeString(folder.resolve("60-a.camel.yaml"), RouteSetTest.EXTRA.formatted(1, 1).replace("seda:extra",
                "seda:extra?concurrentConsumers=many"));

        assertThat(check.check(folder)).hasSize(1).first().satisfies(p -> {
            assertThat(p.line()).isEqualTo(2);
            assertThat(p.what()).startsWith("the route cannot be built");
        });
    }

    @Test
    void asksForPropertiesThatAreNotSetAndTakesDefaults() throws IOException {
        String route = RouteSetTest.EXTRA.formatted(1, 1);
        Files.writeString(folder.resolve("60-a.camel.yaml"),
                route.replace("message: edition 1", "message: '{{routes.greeting}}'"));
        assertThat(check.check(folder)).extracting(RouteProblem::what)
                .containsExactly("the property routes.greeting is not set");

        Files.writeString(folder.resolve("60-a.camel.yaml"),
                route.replace("message: edition 1", "message: '{{routes.greeting:hello}}'"));
        assertThat(check.check(folder)).isEmpty();
    }

    @Test
    void acceptsBrokersAsTheSeamAndRefusesAnythingElse() {
        assertThat(seam("jms:batches")).isEmpty();
        assertThat(seam("jms:queue:caravan.batches?priority=5")).isEmpty();
        assertThat(seam("kafka:batches")).extracting(RouteProblem::toString).containsExactly(
                "configuration:1: caravan.seam.batches is at kafka:, and this program was built without camel-kafka;"
                        + " add it and a client to pom.xml, or use jms:NAME");
        assertThat(seam("exec:rm")).extracting(RouteProblem::what)
                .containsExactly("caravan.seam.batches=exec:rm is no place for batches");
    }

    @Test
    void refusesOtherKindsOfFilesInTheFolder() throws IOException {
        Files.writeString(folder.resolve("a.yaml"), "- route: {}\n");
        Files.writeString(folder.resolve("b.camel.xml"), "<routes/>\n");
        Files.createDirectory(folder.resolve("c.camel.yaml"));

        assertThat(check.check(folder)).extracting(RouteProblem::file).map(f -> Path.of(f).getFileName().toString())
                .containsExactlyInAnyOrder("a.yaml", "b.camel.xml", "c.camel.yaml");
    }

    @Test
    void letsTheFailuresFileChangeWhatItDoesButNotReachOutside() throws IOException {
        String failures = packed("00-failures");
        Files.writeString(folder.resolve("00-failures.camel.yaml"),
                failures.replace("loggingLevel: WARN", "loggingLevel: ERROR"));
        assertThat(check.check(folder)).isEmpty();

        Files.writeString(folder.resolve("00-failures.camel.yaml"),
                failures.replace("java.lang.Throwable", "java.lang.ProcessBuilder"));
        assertThat(check.check(folder)).extracting(RouteProblem::what)
                .containsExactly("'java.lang.ProcessBuilder' is no failure for routes");
    }

    private List<RouteProblem> seam(String value) {
        return new RouteCheck(RouteFakes.api(), key -> key.equals("caravan.seam.batches") ? value : SET.get(key))
                .check((Path) null);
    }

    static String packed(String name) {
        return RouteFile.packed().stream().filter(f -> f.name().startsWith(name)).findFirst().orElseThrow().text();
    }
}
