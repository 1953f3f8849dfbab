package io.caravan.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.caravan.flow.RouteSet;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.pacing.LaneHours;
import io.caravan.scheduling.Schedules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Schedule, routes, nodes and health for programs. */
class WorksApiIT {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static Server server;

    private record Answer(int status, JsonNode body) {
        String text(String at) {
            return body.at(at).asString();
        }
    }

    @BeforeAll
    static void start() {
        server = Pages.shared().server;
    }

    private static Answer ask(String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = server.http.send(
                HttpRequest.newBuilder(URI.create(server.base() + "/api/v1" + path))
                        .header("Authorization", "Bearer " + server.token()).header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofString());
        return new Answer(answer.statusCode(), JSON.readTree(answer.body()));
    }

    private static Answer get(String path) throws IOException, InterruptedException {
        return ask("GET", path, "");
    }

    private static void scheduled(String name) {
        server.campaign(name, Server.people(2, "works.example"),
                "schedule: {cron: '0 30 8 ? * FRI', zone: Europe/Rome, misfire: {late: 2h, then: skip}}");
        await().ignoreExceptions().until(() -> server.bean(Schedules.class).scheduled().stream()
                .anyMatch(planned -> planned.campaign().equals(server.id(name))));
    }

    @Test
    void aScheduleIsListedPausedResumedAndTriggered() throws Exception {
        scheduled("works-a");
        scheduled("works-b");

        Answer list = get("/schedule?limit=1");
        assertThat(list.status()).isEqualTo(200);
        assertThat(list.body().at("/items")).hasSize(1);
        String first = list.text("/items/0/campaign");
        assertThat(get("/schedule?limit=1&cursor=" + list.text("/next")).text("/items/0/campaign"))
                .isGreaterThan(first);

        Answer one = get("/schedule/works-a");
        assertThat(one.text("/schedule/words")).isEqualTo("every Friday at 08:30, Europe/Rome");
        assertThat(one.body().at("/schedule/late_after").asInt()).isEqualTo(7200);
        assertThat(one.text("/schedule/late_then")).isEqualTo("skip");
        assertThat(one.body().at("/firings")).hasSize(10);
        assertThat(one.text("/firings/0")).isEqualTo(one.text("/schedule/next"));
        Instant.parse(one.text("/schedule/next"));

        assertThat(ask("POST", "/schedule/works-a/actions", "{\"action\":\"pause\"}").text("/schedule/state"))
                .isEqualTo("paused");
        Answer again = ask("POST", "/schedule/works-a/actions", "{\"action\":\"pause\"}");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.text("/errors/0/message")).contains("is paused already");
        assertThat(ask("POST", "/schedule/works-a/actions", "{\"action\":\"resume\"}").text("/schedule/state"))
                .isEqualTo("waiting");
        Answer fired = ask("POST", "/schedule/works-a/actions", "{\"action\":\"trigger\"}");
        assertThat(fired.body().at("/run_id").asLong()).isEqualTo(server.run("works-a").id().value());
        server.awaitRun("works-a", RunState.FINISHED);
    }

    @Test
    void whatIsUnknownOrNotUnderstoodIsSaid() throws Exception {
        scheduled("works-c");

        assertThat(get("/schedule/nobody").status()).isEqualTo(404);
        assertThat(ask("POST", "/schedule/nobody/actions", "{\"action\":\"pause\"}").status()).isEqualTo(404);
        Answer wrong = ask("POST", "/schedule/works-c/actions", "{\"action\":\"delete\"}");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.text("/errors/0/message")).contains("use trigger, pause or resume");
        assertThat(get("/routes/nothing").status()).isEqualTo(404);
        server.act("works-c", io.caravan.campaign.Action.PAUSE);
        Answer held = ask("POST", "/schedule/works-c/actions", "{\"action\":\"trigger\"}");
        assertThat(held.status()).isEqualTo(409);
        assertThat(held.text("/errors/0/message")).contains("resume the campaign first");
        assertThat(server.runs("works-c")).isEmpty();
    }

    @Test
    void aRouteIsShownWithItsStepsAndWhoUsesIt() throws Exception {
        Answer list = get("/routes");
        assertThat(list.body().at("/items").valueStream().map(route -> route.at("/id").asString())).contains(
                "send-standard", "claim-batches", "deliver-batch");

        Answer one = get("/routes/claim-batches");
        assertThat(one.text("/route/state")).isEqualTo("started");
        assertThat(one.body().at("/route/figures/total").asLong()).isPositive();
        assertThat(one.text("/from/steps/2/kind")).isEqualTo("for each of");
        assertThat(one.text("/from/steps/2/steps/0/leads_to")).isEqualTo("deliver-batch");
        assertThat(one.text("/comes_from/0")).isEqualTo("tick-pump");
        assertThat(one.text("/source/0/text")).isEqualTo("- route:");
        assertThat(get("/routes/send-standard").text("/route/workflow")).isEqualTo("standard");
    }

    @Test
    void aFaultOnDiskIsToldByCheckAndRefusedByReload() throws Exception {
        Path file = Files.createDirectories(server.data.resolve("routes")).resolve("works.camel.yaml");
        List<?> before = server.bean(RouteSet.class).inForce();
        try {
            Files.writeString(file, "- route:\n    id: broken\n    from:\n      uri: exec:rm\n");

            Answer check = get("/routes/check");
            assertThat(check.text("/problems/0/file")).isEqualTo(file.toString());
            assertThat(check.body().at("/problems").valueStream().map(problem -> problem.at("/line").asInt()))
                    .contains(1, 4);
            Answer reload = ask("POST", "/routes/reload", "");
            assertThat(reload.status()).isEqualTo(409);
            assertThat(reload.body().at("/errors")).hasSameSizeAs(check.body().at("/problems"));
            assertThat(server.bean(RouteSet.class).inForce()).isEqualTo(before);
        } finally {
            Files.deleteIfExists(file);
        }
        assertThat(get("/routes/check").body().at("/problems")).isEmpty();
        assertThat(ask("POST", "/routes/reload", "").text("/says")).contains("the routes were reloaded");
    }

    @Test
    void nodesAndHealthAreTold() throws Exception {
        assertThat(get("/nodes").body().at("/items/0/alive").asBoolean()).isTrue();
        Answer health = get("/health");
        assertThat(health.body().at("/ready").asBoolean()).isTrue();
        assertThat(health.body().at("/unready").isNull()).isTrue();
        assertThat(health.text("/database/version")).contains("MariaDB");
        assertThat(health.body().at("/free_disk_bytes").asLong()).isPositive();
    }

    @Test
    void aLaneIsShownHeldAndGivenBackToTheRules() throws Exception {
        server.campaign("works-lanes", Server.people(60, "lanes.example"));
        server.awaitRun("works-lanes", RunState.FINISHED);
        JsonNode lane = get("/lanes?limit=500").body().at("/items").valueStream()
                .filter(each -> each.at("/provider").asString().equals("lanes.example")).findFirst().orElseThrow();
        assertThat(lane.at("/identity").asString()).isEqualTo("shop.example");
        assertThat(lane.at("/standing").asString()).isEqualTo("healthy");
        assertThat(lane.at("/measures/0/threshold").asDouble()).isEqualTo(0.05);
        String path = "/lanes/" + lane.at("/id").asInt();
        assertThat(get(path).body().at("/hours").size()).isEqualTo(24);
        assertThat(accepted(path)).as("the built-in mailbox is no host").isZero();
        server.bean(LaneHours.class).book(Map.of(new LaneHours.Key(lane.at("/id").asInt(),
                Instant.now().truncatedTo(ChronoUnit.HOURS), RowState.ACCEPTED), 60));
        assertThat(accepted(path)).isEqualTo(60);

        Answer held = ask("POST", path + "/actions", "{\"action\": \"open\", \"note\": \"by phone\"}");
        assertThat(held.text("/lane/breaker")).isEqualTo("open");
        assertThat(held.text("/lane/note")).isEqualTo("by phone");
        assertThat(held.body().at("/lane/forced").asBoolean()).isTrue();
        assertThat(ask("POST", path + "/actions", "{\"action\": \"retry\"}").status()).isEqualTo(409);
        assertThat(ask("POST", path + "/actions", "{\"action\": \"reset\"}").text("/errors/0/field")).isEqualTo("note");
        assertThat(ask("POST", path + "/actions", "{\"action\": \"shut\", \"note\": \"x\"}").text("/errors/0/code"))
                .isEqualTo("invalid");
        assertThat(ask("POST", path + "/actions", "{\"action\": \"reset\", \"note\": \"done\"}").text("/lane/standing"))
                .isEqualTo("healthy");
        assertThat(get("/lanes/999999").status()).isEqualTo(404);
    }

    /** The last two hours: one may begin while this runs. */
    private static long accepted(String path) throws Exception {
        JsonNode hours = get(path).body().at("/hours");
        return hours.at("/23/accepted").asLong() + hours.at("/22/accepted").asLong();
    }
}
