package io.caravan.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

import io.caravan.flow.RouteReload;
import io.caravan.flow.RouteSet;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Taken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A workflow of the owner's own: what it may do, and that its mistakes lose nobody and mail nobody. */
class WorkflowIT {

    private static final Instant SATURDAY = Instant.parse("2026-03-07T11:00:00Z");
    private static final Instant MONDAY = Instant.parse("2026-03-09T11:00:00Z");

    /** Business hours by a clock that the test sets; everything else by the real one. */
    private static volatile Instant now = SATURDAY;
    private static final InstantSource WALL = () -> now;
    @TempDir
    private static Path data;
    private static ScriptedSink sink;
    private static Server server;

    @BeforeAll
    static void start() throws IOException {
        sink = new ScriptedSink().quiet().start();
        Files.createDirectories(data.resolve("routes"));
        Files.copy(Path.of("examples/business-hours/business-hours.camel.yaml"),
                data.resolve("routes/business-hours.camel.yaml"));
        own("without-gate", "renderer", "sender");
        own("without-sender", "renderer", "gate");
        server = Server.on(data, Server.relays("main", sink.port())).changing(WorkflowIT::wallClock).start();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
        sink.close();
    }

    @Test
    void businessHoursHoldMailOutsideThemAndCopyEachResult() throws IOException {
        server.campaign("office", Server.people(20, "office.example"), "workflow: business-hours");
        server.awaitRun("office", RunState.RUNNING);
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(server.ledger("office")).hasSize(20)
                .allSatisfy(row -> assertThat(row.reason())
                        .startsWith("held by its workflow business-hours (until 2026-03-09T08:00:00Z")));
        assertThat(recipients("office.example")).isEmpty();

        now = MONDAY;

        server.awaitRun("office", RunState.FINISHED);
        assertThat(server.counts("office")).isEqualTo(Map.of(RowState.ACCEPTED, 20L));
        await().untilAsserted(() -> assertThat(copied()).hasSize(20)
                .allMatch(line -> line.contains(",accepted,")));
        assertThat(recipients("office.example")).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void aWorkflowThatSkipsTheGateOrTheSendStepMailsNobodyAndLosesNobody() {
        server.campaign("no-gate", Server.people(30, "a.example"), "workflow: without-gate");
        server.campaign("no-sender", Server.people(30, "b.example"), "workflow: without-sender");

        for (String campaign : List.of("no-gate", "no-sender")) {
            server.awaitRun(campaign, RunState.RUNNING);
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                assertThat(server.counts(campaign)).isEqualTo(Map.of(RowState.PENDING, 30L));
                assertThat(server.ledger(campaign)).allSatisfy(row -> assertThat(row.reason())
                        .startsWith("workflow without-" + campaign.substring(3) + " ").contains("(until "));
            });
        }
        assertThat(recipients("a.example")).isEmpty();
        assertThat(recipients("b.example")).isEmpty();
    }

    @Test
    void twentyReloadsInARunLoseNobody() throws IOException {
        sink.delayingDot(Duration.ofMillis(2));
        server.campaign("reload", Server.people(4_000, "reload.example"), "rate: 400/s");
        await().atMost(Duration.ofSeconds(60)).until(() -> !recipients("reload.example").isEmpty());
        RouteSet routes = server.bean(RouteSet.class);
        Path own = data.resolve("routes/own.camel.yaml");
        for (int i = 1; i <= 20; i++) {
            Files.writeString(own,
                    i % 4 == 0 ? "- route: {id: broken" : route("own" + i, "renderer", "gate", "sender"));
            RouteReload done = routes.reload();
            assertThat(done).as(done.says())
                    .isInstanceOf(i % 4 == 0 ? RouteReload.Refused.class : RouteReload.Done.class);
        }
        assertThat(routes.workflows()).contains("own19", "standard", "business-hours").doesNotContain("own18");

        server.awaitRun("reload", RunState.FINISHED);
        assertThat(server.counts("reload")).isEqualTo(Map.of(RowState.ACCEPTED, 4_000L));
        assertThat(recipients("reload.example")).hasSize(4_000).doesNotHaveDuplicates();
    }

    @Test
    void aCampaignWhoseWorkflowDoesNotExistIsRefused() {
        server.campaign("lost", Server.people(3, "lost.example"), "workflow: bussiness-hours");

        assertThat(server.awaitNote("lost.campaign.yaml"))
                .contains("lost.campaign.yaml:6: workflow: there is no workflow"
                        + " 'bussiness-hours'; use one of business-hours, ");
        assertThat(server.runs("lost")).isEmpty();
    }

    private static List<String> recipients(String domain) {
        return sink.taken().stream().map(Taken::recipient).filter(recipient -> recipient.endsWith("@" + domain))
                .toList();
    }

    private static void wallClock(ConfigurableListableBeanFactory beans) {
        beans.getBeanDefinition("hours").getConstructorArgumentValues().addIndexedArgumentValue(0, WALL);
        beans.getBeanDefinition("holds").getConstructorArgumentValues().addIndexedArgumentValue(1, WALL);
    }

    private static List<String> copied() {
        try (Stream<Path> files = Files.list(data.resolve("results"))) {
            return files.flatMap(file -> {
                try {
                    return Files.readAllLines(file).stream();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }).filter(line -> line.contains(",")).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static void own(String name, String... steps) throws IOException {
        Files.writeString(data.resolve("routes/" + name + ".camel.yaml"), route(name, steps));
    }

    private static String route(String name, String... steps) {
        StringBuilder yaml = new StringBuilder("""
                - route:
                    id: send-%s
                    description: A workflow of its own
                    routeConfigurationId: give-back
                    from:
                      uri: direct:%s
                      steps:
                """.formatted(name, name));
        for (String step : steps) {
            yaml.append("        - bean:\n            ref: ").append(step).append("\n            method: ")
                    .append(switch (step) {
                        case "renderer" -> "render";
                        case "gate" -> "pass";
                        default -> "send";
                    }).append('\n');
        }
        return yaml.toString();
    }
}
