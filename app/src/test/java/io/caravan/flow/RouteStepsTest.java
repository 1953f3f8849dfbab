package io.caravan.flow;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.apache.camel.CamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The shipped routes and the example workflow on a running Camel, with step beans that note their calls. */
class RouteStepsTest {

    @TempDir
    Path home;

    private final RouteFakes fakes = new RouteFakes();
    private final Map<String, String> properties = new HashMap<>();
    private CamelContext context;

    @BeforeEach
    void start() throws Exception {
        Path folder = Files.createDirectory(home.resolve("routes"));
        Files.copy(Path.of("examples/business-hours/business-hours.camel.yaml"),
                folder.resolve("business-hours.camel.yaml"));
        properties.putAll(Map.of("caravan.drop", home.resolve("drop").toString(), "caravan.data", home.toString(),
                "caravan.batches.workers", "2",
                "caravan.seam.batches",
                "seda:batches"));
        context = fakes.context(properties);
        RouteCheck check = new RouteCheck(RouteFakes.api(), properties::get);
        assertThat(check.check(folder)).isEmpty();
        for (RouteFile file : RouteFile.layered(folder)) {
            org.apache.camel.support.PluginHelper.getRoutesLoader(context).loadRoutes(RouteTrial.resource(file));
        }
        context.start();
    }

    @AfterEach
    void stop() {
        context.getShutdownStrategy().setTimeout(2);
        context.stop();
    }

    @Test
    void carriesAClaimedBatchThroughRenderGateAndSend() {
        fakes.waiting.add(new RouteFakes.Reference(1, "standard"));

        await().until(() -> fakes.calls.contains("send 1"));

        assertThat(fakes.calls).containsSubsequence("render 1", "pass 1", "send 1");
    }

    @Test
    void wakesThePumpBeforeItsPulse() {
        fakes.waiting.add(new RouteFakes.Reference(2, "standard"));
        context.createProducerTemplate().sendBody(RoutePulse.WAKE, "");

        await().until(() -> fakes.calls.contains("send 2"));
    }

    @Test
    void givesABrokenBatchBackAndCarriesTheNext() {
        fakes.waiting.add(new RouteFakes.Reference(13, "standard"));
        fakes.waiting.add(new RouteFakes.Reference(14, "standard"));

        await().until(
                () -> fakes.calls.contains("send 14") && fakes.calls.stream().anyMatch(c -> c.startsWith("failed ")));

        assertThat(fakes.calls).anyMatch(c -> c.startsWith("failed Batch") && c.endsWith("the template is broken"))
                .doesNotContain("pass 13");
    }

    @Test
    void givesABatchOfAnUnknownWorkflowBackAtOnce() {
        fakes.waiting.add(new RouteFakes.Reference(3, "no-such"));

        await().until(() -> fakes.calls.stream().anyMatch(c -> c.startsWith("failed ") && c.contains("no-such")));
    }

    @Test
    void opensADueRunWithItsTime() {
        context.createProducerTemplate().sendBodyAndHeader("direct:campaign-due", 7L, "scheduledFor",
                Instant.parse("2026-12-01T08:00:00Z"));

        assertThat(fakes.calls).contains("due 7 2026-12-01T08:00:00Z");
        await().until(() -> fakes.calls.contains("advance"));
    }

    @Test
    void takesOnlyFilesThatAreStillAndLeavesTemplatesAndHalfWrittenOnes() throws Exception {
        Path drop = Files.createDirectories(home.resolve("drop"));
        for (String name : List.of("a.csv", "b.csv.gz", "c.tsv", "d.campaign.yaml", "e.csv.part", "f.csv.tmp", ".g.csv",
                "h.html")) {
            Files.writeString(drop.resolve(name), "x");
        }
        Files.createDirectories(drop.resolve("done")).resolve("i.csv").toFile().createNewFile();

        await().until(() -> fakes.calls.stream().filter(c -> c.startsWith("take ")).count() >= 4);

        try (var left = Files.list(drop)) {
            assertThat(left.map(p -> p.getFileName().toString())).containsExactlyInAnyOrder("e.csv.part", "f.csv.tmp",
                    ".g.csv", "h.html", "done");
        }
        assertThat(drop.resolve("done/i.csv")).exists();
    }

    @Test
    void sendsInBusinessHoursAndHoldsOutsideThem() {
        fakes.waiting.add(new RouteFakes.Reference(4, "business-hours"));
        await().until(() -> fakes.calls.contains("send 4"));
        fakes.inHours = false;
        fakes.waiting.add(new RouteFakes.Reference(5, "business-hours"));
        await().until(() -> fakes.calls.contains("hold 5 2026-12-01T08:00:00Z"));

        assertThat(fakes.calls).contains("within 09:00 17:00 Europe/Rome").doesNotContain("send 5");
    }

    @Test
    void copiesEachResultOfTheWorkflowThatWantsThemToAFile() throws Exception {
        var template = context.createProducerTemplate();
        template.sendBodyAndHeader("seda:results", List.of("one", "two"), "workflow", "business-hours");
        template.sendBodyAndHeader("seda:results", List.of("three"), "workflow", "standard");
        template.sendBodyAndHeader("seda:results", List.of("four"), "workflow", "business-hours");

        await().until(() -> fakes.settled.contains("four") && copied().endsWith("four\n"));

        assertThat(copied()).isEqualTo("one\ntwo\nfour\n");
        assertThat(fakes.settled).containsExactly("one", "two", "three", "four");
        assertThat(fakes.calls).noneMatch(c -> c.startsWith("failed"));
    }

    @Test
    void namesInTheReadmeEveryStepThatRoutesMayCall() throws Exception {
        String readme = Files.readString(Path.of("routes/README.md"));
        var told = Pattern.compile("^\\| `(\\w+\\.\\w+)", Pattern.MULTILINE).matcher(readme).results()
                .map((MatchResult m) -> m.group(1))
                .collect(Collectors.toCollection(TreeSet::new));

        var known = new TreeSet<String>();
        RouteApi.STEPS.forEach((bean, methods) -> methods.forEach(method -> known.add(bean + "." + method)));
        assertThat(told).isEqualTo(known);
    }

    private String copied() throws Exception {
        Path results = home.resolve("results");
        if (!Files.isDirectory(results)) {
            return "";
        }
        try (var files = Files.list(results)) {
            return Files.readString(files.findFirst().orElseThrow());
        }
    }
}
