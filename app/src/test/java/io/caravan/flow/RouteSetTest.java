package io.caravan.flow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.mail.InvalidInput;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class RouteSetTest {

    static final String EXTRA = """
            - route:
                id: note-extra
                description: an owner's own route, edition %d
                routeConfigurationId: give-back
                from:
                  uri: seda:extra
                  steps:
                    - log:
                        message: edition %d
            """;
    private static final String FAULTY_AT_START = """
            - route:
                id: read-nowhere
                description: builds, but its folder is not there
                routeConfigurationId: give-back
                from:
                  uri: file
                  parameters:
                    directoryName: "{{routes.nowhere}}"
                    autoCreate: false
                    startingDirectoryMustExist: true
                  steps:
                    - log:
                        message: x
            """;

    @TempDir
    Path home;

    private final RouteFakes fakes = new RouteFakes();
    private Path folder;
    private CamelContext context;
    private RouteSet routes;

    @BeforeEach
    void start() throws Exception {
        folder = Files.createDirectory(home.resolve("routes"));
        Map<String, String> properties = new HashMap<>(
                Map.of("caravan.drop", home.resolve("drop").toString(), "caravan.data", home.toString(),
                        "caravan.batches.workers", "2",
                        "caravan.seam.batches", "seda:batches", "routes.nowhere", home.resolve("nowhere").toString()));
        context = fakes.context(properties);
        routes = new RouteSet(new RouteCheck(RouteFakes.api(), properties::get), () -> RouteFile.layered(folder),
                new Switch(),
                Duration.ofSeconds(5));
        routes.load(context);
        context.start();
    }

    @AfterEach
    void stop() throws Exception {
        context.getShutdownStrategy().setTimeout(5);
        context.close();
    }

    @Test
    void losesNothingInTwentyReloadsUnderLoadSomeOfThemFaultyOnlyAtStart() throws Exception {
        AtomicInteger sent = new AtomicInteger();
        AtomicInteger told = new AtomicInteger();
        Thread load = Thread.ofVirtual().start(() -> {
            ProducerTemplate template = context.createProducerTemplate();
            while (!Thread.currentThread().isInterrupted()) {
                fakes.waiting.add(new RouteFakes.Reference(1_000_000L + sent.incrementAndGet(), "standard"));
                template.sendBodyAndHeader("seda:results?blockWhenFull=true",
                        List.of("result " + told.incrementAndGet()), "workflow", "standard");
                java.util.concurrent.locks.LockSupport.parkNanos(3_000_000);
            }
        });

        Map<Class<?>, Integer> outcomes = new HashMap<>();
        for (int i = 0; i < 20; i++) {
            edit(i);
            RouteReload done = routes.reload();
            outcomes.merge(done.getClass(), 1, Integer::sum);
            int moved = fakes.settled.size();
            await().until(() -> fakes.settled.size() > moved);
        }
        load.interrupt();
        load.join();
        await().atMost(Duration.ofSeconds(20)).until(() -> fakes.settled.size() >= sent.get() + told.get());

        assertThat(outcomes).containsEntry(RouteReload.Done.class, 12).containsEntry(RouteReload.TakenBack.class, 4)
                .containsEntry(RouteReload.Refused.class, 4);
        assertThat(fakes.settled).hasSize(sent.get() + told.get());
        assertThat(fakes.settled.stream().collect(groupingBy(s -> s, counting())).values()).containsOnly(1L);
        assertThat(sent.get()).isGreaterThan(500);
        assertThat(fakes.calls).noneMatch(call -> call.startsWith("failed"));
    }

    @Test
    void whatWaitedInAQueueFindsItsWayAtOnce() throws Exception {
        RouteRoad road = new RouteRoad(context);
        assertThat(road.hush(System.nanoTime() + Duration.ofSeconds(5).toNanos())).isEmpty();
        ProducerTemplate template = context.createProducerTemplate();
        for (long batch = 101; batch <= 120; batch++) {
            template.sendBody("seda:batches", new RouteFakes.Reference(batch, "standard"));
        }

        List<RouteFile> files = new ArrayList<>(routes.inForce()); // many come before the one that the batches need
        for (int i = 1; i <= 60; i++) {
            files.add(files.size() - 1, new RouteFile(i + "-more.camel.yaml", "more", EXTRA.formatted(i, i)
                    .replace("note-extra", "note-" + i).replace("seda:extra", "direct:extra" + i)));
        }
        files.sort(Comparator.comparing(file -> file.text().contains("uri: direct:standard")));

        road.clear();
        road.lay(files);

        await().untilAsserted(() -> assertThat(fakes.settled).hasSize(20));
        assertThat(fakes.calls).noneMatch(call -> call.startsWith("failed"));
    }

    @Test
    void takesTheOldSetBackWhenARouteDoesNotStartAndSaysWhich() throws IOException {
        Files.writeString(folder.resolve("60-mine.camel.yaml"), FAULTY_AT_START);

        RouteReload answer = routes.reload();

        assertThat(answer).isInstanceOf(RouteReload.TakenBack.class);
        assertThat(answer.says()).contains("60-mine.camel.yaml:2: ").contains("old ones are back");
        assertThat(routes.inForce()).extracting(RouteFile::name).doesNotContain("60-mine.camel.yaml");
        assertThat(context.getRoutes()).hasSize(9)
                .allMatch(r -> context.getRouteController().getRouteStatus(r.getRouteId()).isStarted());
        assertThat(fakes.paused).isFalse();
    }

    @Test
    void touchesNothingWhenTheCheckFindsProblems() throws IOException {
        Files.writeString(folder.resolve("60-mine.camel.yaml"), EXTRA.formatted(1, 1).replace("give-back", "giveback"));
        List<?> before = List.copyOf(context.getRoutes());

        RouteReload answer = routes.reload();

        assertThat(answer.says()).contains("60-mine.camel.yaml:4: there is no routeConfiguration 'giveback'");
        assertThat(context.getRoutes()).isEqualTo(before);
    }

    @Test
    void replacesAFileOfTheSameNameAndAddsANewOne() throws IOException {
        String standard = RouteCheckTest.packed("40-deliver");
        int pass = standard.indexOf("        - bean:\n            description: Takes out");
        int send = standard.indexOf("        - bean:\n            description: Journal and queue");
        Files.writeString(folder.resolve("40-deliver.camel.yaml"),
                standard.substring(0, pass) + standard.substring(send));
        Files.writeString(folder.resolve("60-mine.camel.yaml"), EXTRA.formatted(1, 1));

        RouteReload answer = routes.reload();
        fakes.waiting.add(new RouteFakes.Reference(7, "standard"));
        await().until(() -> fakes.calls.contains("send 7"));

        assertThat(answer).isInstanceOf(RouteReload.Done.class);
        assertThat(fakes.calls).contains("render 7").doesNotContain("pass 7");
        assertThat(context.getRoute("note-extra")).isNotNull();
    }

    @Test
    void keepsTheOldSetWhileARouteIsAtWork() throws Exception {
        Files.writeString(folder.resolve("60-mine.camel.yaml"), EXTRA.formatted(1, 1));
        Object gate = new Object();
        fakes.hold = gate;
        Thread held;
        synchronized (gate) {
            held = Thread.ofVirtual()
                    .start(() -> context.createProducerTemplate().sendBody("seda:results", List.of("slow")));
            await().until(() -> context.getInflightRepository().size("tell-results") == 1);

            RouteReload answer = routes.reload();

            assertThat(answer.says()).contains("still at work in tell-results");
        }
        held.join();
        await().until(() -> fakes.settled.contains("slow"));
        assertThat(routes.reload()).isInstanceOf(RouteReload.Done.class);
    }

    @Test
    void refusesToLoadWithEveryProblem() throws IOException {
        Files.writeString(folder.resolve("60-a.camel.yaml"), "- route: {}\n");
        Files.writeString(folder.resolve("61-b.camel.yaml"), "- to: exec:ls\n");
        RouteSet other = new RouteSet(new RouteCheck(RouteFakes.api(), RouteCheckTest.SET::get),
                () -> RouteFile.layered(folder), new Switch());

        assertThatThrownBy(() -> other.load(context)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("60-a.camel.yaml:1: ")
                .hasMessageContaining("61-b.camel.yaml:1: ");
    }

    @Test
    void namesTheWorkflowsThatACampaignMayChoose() throws IOException {
        assertThat(routes.workflows()).containsExactly("standard");

        Files.copy(Path.of("examples/business-hours/business-hours.camel.yaml"),
                folder.resolve("business-hours.camel.yaml"));
        assertThat(routes.reload().says()).contains("were reloaded");

        assertThat(routes.workflows()).containsExactly("business-hours", "standard");
    }

    private void edit(int i) throws IOException {
        Files.deleteIfExists(folder.resolve("70-faulty.camel.yaml"));
        Files.writeString(folder.resolve("60-mine.camel.yaml"), EXTRA.formatted(i, i));
        switch (i % 5) {
            case 1 -> Files.writeString(folder.resolve("70-faulty.camel.yaml"), FAULTY_AT_START);
            case 3 -> Files.writeString(folder.resolve("70-faulty.camel.yaml"), "- route: {id: x\n");
            default -> {
            }
        }
    }

    private final class Switch implements RouteSet.PumpSwitch {
        @Override
        public void pause() {
            fakes.paused = true;
        }

        @Override
        public boolean awaitQuiet(Duration longest) {
            await().atMost(longest).until(() -> fakes.open.get() == 0);
            return true;
        }

        @Override
        public void resume() {
            fakes.paused = false;
        }
    }
}
