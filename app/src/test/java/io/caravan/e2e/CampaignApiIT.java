package io.caravan.e2e;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.env.Environment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.mailbox.MailQuery;
import io.caravan.mailbox.MailSearch;
import io.caravan.mailbox.Mailbox;
import io.caravan.mailbox.Message;
import io.caravan.suppression.Reason;
import io.caravan.suppression.Scope;
import io.caravan.suppression.Suppression.New;
import io.caravan.suppression.Suppressions;
import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Verb;

import static io.caravan.transport.ScriptedSink.drop;
import static io.caravan.transport.ScriptedSink.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Campaigns over HTTP: kept by the same rules as dropped ones, acted on with the same refusals, counted as the ledger counts. */
class CampaignApiIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String ALL = "/api/v1/campaigns";

    @TempDir
    private static Path data;
    private static Server server;

    record Answer(int status, JsonNode body, HttpResponse<String> raw) {
        String text(String pointer) {
            return body.at(pointer).asString();
        }
    }

    @BeforeAll
    static void start() {
        server = Server.on(data).start();
        server.campaign("people", Server.people(12, "example.org"), "schedule: {cron: \"0 0 9 ? * MON\"}");
        server.awaitNote("people.campaign.yaml");
        server.awaitNote("people.csv");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Answer send(Server to, String method, String path, String type, String body) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url(to) + path))
                    .method(method, HttpRequest.BodyPublishers.ofString(body)).header("Content-Type", type)
                    .header("Authorization", "Bearer " + Files.readString(to.data.resolve("keys/token")).strip())
                    .build();
            HttpResponse<String> raw = to.http.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(raw.statusCode(), JSON.readTree(raw.body().isEmpty() ? "null" : raw.body()), raw);
        } catch (Exception e) {
            throw new IllegalStateException(method + " " + path, e);
        }
    }

    private static String url(Server of) {
        return "http://127.0.0.1:" + of.bean(Environment.class)
                .getProperty("local.server.port");
    }

    private static Answer get(String path) {
        return send(server, "GET", path, "application/json", "");
    }

    private static Answer post(String path, Object body) {
        return send(server, "POST", path, "application/json", JSON.writeValueAsString(body));
    }

    private static Answer keep(String name, Map<String, Object> more) {
        Map<String, Object> campaign = new LinkedHashMap<>(Map.of("name", name, "from",
                "News <news@shop.example>", "subject", "Hello [[${first_name}]]", "text", "a.txt", "audience",
                Map.of("list", "people")));
        campaign.putAll(more);
        return post(ALL, Map.of("campaign", campaign, "files", Map.of("a.txt", "Dear [[${first_name}]]\n")));
    }

    private static long count(String campaign, RowState state) {
        return server.counts(campaign).getOrDefault(state, 0L);
    }

    @Test
    void campaignKeptAsDataIsADraftUntilItIsStartedAndIsThenSent() {
        Answer kept = keep("api-one", Map.of());
        assertThat(kept.status()).as(kept.raw().body()).isEqualTo(201);
        assertThat(kept.raw().headers().firstValue("Location").orElseThrow()).endsWith(ALL + "/api-one");
        assertThat(kept.text("/change")).isEqualTo("created");
        assertThat(kept.text("/campaign/state")).isEqualTo("draft");

        Answer dry = post(ALL + "/api-one/actions", Map.of("action", "start", "dry_run", true));
        assertThat(dry.body().at("/people").asInt()).isEqualTo(12);
        assertThat(server.runs("api-one")).as("a dry run opens nothing").isEmpty();

        Answer started = post(ALL + "/api-one/actions", Map.of("action", "start"));
        assertThat(started.status()).isEqualTo(200);
        assertThat(started.body().at("/opened/number").asInt()).isEqualTo(1);
        server.awaitRun("api-one", RunState.FINISHED);

        Answer one = get(ALL + "/api-one");
        assertThat(one.text("/state")).isEqualTo("finished");
        assertThat(one.body().at("/last_run/planned").asInt()).isEqualTo(server.ledger("api-one").size());
        assertThat(one.body().at("/last_run/counts/accepted").asLong()).isEqualTo(count("api-one", RowState.ACCEPTED));
        assertThat(get(ALL + "/api-one/firings").body().at("/firings")).isEmpty();
    }

    @Test
    void sameCampaignAgainChangesNothingAndAnotherSubjectIsAFurtherVersion() {
        keep("api-two", Map.of());

        Answer same = keep("api-two", Map.of());
        assertThat(same.status()).isEqualTo(200);
        assertThat(same.text("/change")).isEqualTo("unchanged");
        Answer changed = keep("api-two", Map.of("subject", "Other"));
        assertThat(changed.text("/change")).isEqualTo("changed");

        Answer versions = get(ALL + "/api-two/versions?limit=1");
        assertThat(versions.body().at("/items")).hasSize(1);
        assertThat(versions.body().at("/items/0/version").asInt()).isEqualTo(2);
        assertThat(versions.body().at("/items/0/in_force").asBoolean()).isTrue();
        Answer older = get(ALL + "/api-two/versions?limit=1&cursor=" + versions.text("/next"));
        assertThat(older.body().at("/items/0/version").asInt()).isEqualTo(1);
        assertThat(older.body().at("/next").isNull()).isTrue();
        assertThat(get(ALL + "/api-two/versions/1").text("/source")).contains("Hello [[${first_name}]]");
        assertThat(get(ALL + "/api-two/versions/9").status()).isEqualTo(404);
    }

    @Test
    void campaignFileAsItWouldBeDroppedIsTakenAndItsScheduleTold() {
        String picture = "base64:" + Base64.getEncoder().encodeToString(new byte[]{1, 2, 3});
        Answer withFile = post(ALL, Map.of("campaign", Map.of("name", "api-file", "from", "news@shop.example",
                "subject", "Hi", "text", "a.txt", "attachments", List.of("a.bin"), "audience", Map.of("list", "people"),
                "schedule", Map.of("cron", "0 0 9 ? * MON", "zone", "Europe/Rome")),
                "files", Map.of("a.txt", "Hello\n", "a.bin", picture)));
        assertThat(withFile.status()).as(withFile.raw().body()).isEqualTo(201);
        assertThat(withFile.text("/campaign/schedule")).isEqualTo("every Monday at 09:00, Europe/Rome");
        assertThat(get(ALL + "/api-file/firings").body().at("/firings")).hasSize(10);

        Answer yaml = send(server, "POST", ALL, "application/yaml", """
                name: api-yaml
                from: news@shop.example
                subject: Hi
                text: nowhere.txt
                audience: {list: people}
                """);
        assertThat(yaml.status()).isEqualTo(422);
        assertThat(yaml.text("/errors/0/message"))
                .startsWith("campaign api-yaml, line 4: there is no file 'nowhere.txt'");
        assertThat(yaml.text("/errors/0/field")).isEqualTo("text");
        Answer torn = send(server, "POST", ALL, "application/yaml", "name: [torn\n");
        assertThat(torn.status()).isEqualTo(422);
        assertThat(torn.text("/errors/0/message")).startsWith("campaign without a name, line 2: this YAML cannot be");
    }

    @Test
    void everyFaultOfACampaignIsToldAtOnceWithItsField() {
        Answer wrong = post(ALL,
                Map.of("campaign", Map.of("name", "api-wrong", "from", "nobody", "subject", "x", "text",
                        "a.txt", "rate", "much", "shedule", Map.of("at", "now"), "schedule",
                        Map.of("cron", "9 o'clock"),
                        "vars", Map.of("a b", 1))));

        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.raw().headers().firstValue("Content-Type").orElseThrow())
                .startsWith("application/problem+json");
        List<String> fields = new ArrayList<>();
        wrong.body().at("/errors").forEach(fault -> fields.add(fault.at("/field").asString()));
        assertThat(fields).as(wrong.raw().body()).containsOnly("from", "rate", "shedule", "schedule.cron", "vars.a b",
                "text", "audience.list");
        wrong.body().at("/errors").forEach(fault -> assertThat(fault.at("/message").asString())
                .startsWith("campaign api-wrong: ").doesNotContain(".campaign.yaml"));
        assertThat(wrong.raw().body()).contains("shedule").contains("schedule");
        assertThat(get(ALL + "/api-wrong").status()).isEqualTo(404);
    }

    @Test
    void audienceMustBeThereAlreadyAndFilesMustBeNamed() {
        Answer noList = keep("api-nolist", Map.of("audience", Map.of("list", "nobodies")));
        assertThat(noList.status()).isEqualTo(422);
        assertThat(noList.text("/errors/0/field")).isEqualTo("audience.list");
        Answer noCsv = keep("api-nocsv", Map.of("audience", Map.of("csv", "never.csv")));
        assertThat(noCsv.text("/errors/0/field")).isEqualTo("audience.csv");
        assertThat(noCsv.text("/errors/0/message")).contains("never.csv was never imported");

        Answer nobody = keep("api-nobody", Map.of("audience", Map.of("list", "people", "exclude", List.of("list:x"))));
        assertThat(nobody.text("/errors/0/field")).isEqualTo("audience.exclude");
        Answer broken = post(ALL,
                Map.of("campaign", Map.of("name", "api-broken", "from", "news@shop.example", "subject",
                        "x [[${", "text", "a.txt", "audience", Map.of("list", "people")), "files",
                        Map.of("a.txt", "Dear [[${first_name}\n")));
        assertThat(broken.body().at("/errors").findValuesAsString("field")).contains("text", "subject")
                .doesNotContain("");

        Answer stray = keep("api-stray", Map.of("text", "b.txt"));
        assertThat(stray.status()).isEqualTo(422);
        assertThat(stray.text("/errors/0/message")).contains("the campaign names no file 'a.txt'");
        assertThat(stray.body().at("/errors").findValuesAsString("field")).containsExactly("files.a.txt", "text");
        Answer outside = post(ALL, Map.of("campaign", Map.of("name", "api-out", "from", "news@shop.example", "subject",
                "x", "text", "../a.txt", "audience", Map.of("list", "people")), "files", Map.of("../a.txt", "x")));
        assertThat(outside.status()).isEqualTo(422);
    }

    @Test
    void listGoesOnWhereItStoppedAndIsSearched() {
        for (int n = 1; n <= 5; n++) {
            keep("api-list-" + n, Map.of());
        }

        Answer first = get(ALL + "?query=api-list-&limit=3");
        assertThat(first.body().at("/items").findValuesAsString("name")).containsExactly("api-list-5", "api-list-4",
                "api-list-3");
        keep("api-list-6", Map.of()); // arrives meanwhile
        assertThat(first.raw().headers().firstValue("Link").orElseThrow()).contains("rel=\"next\"");
        Answer rest = get(ALL + "?query=api-list-&limit=3&cursor=" + first.text("/next"));
        assertThat(rest.body().at("/items").findValuesAsString("name")).containsExactly("api-list-2", "api-list-1");
        assertThat(get(ALL + "?query=api_list").body().at("/items")).as("_ is itself").isEmpty();
        assertThat(get(ALL + "?limit=501").status()).isEqualTo(400);
        assertThat(get(ALL + "?cursor=nonsense").status()).isEqualTo(400);
    }

    @Test
    void actionThatIsNotLegalNowIsRefusedWithTheReasonAndPauseAndResumeCountWhoIsLeft() {
        keep("api-slow", Map.of("rate", "1/s"));
        Answer early = post(ALL + "/api-slow/actions", Map.of("action", "resume"));
        assertThat(early.status()).isEqualTo(409);
        assertThat(early.text("/errors/0/message")).contains("it is draft, not paused");
        assertThat(post(ALL + "/api-slow/actions", Map.of("action", "start", "mode", "new", "dry_run", true))
                .text("/refusal")).contains("it has not run yet");
        assertThat(post(ALL + "/api-slow/actions", Map.of("action", "begin")).text("/errors/0/field"))
                .isEqualTo("action");
        assertThat(post(ALL + "/api-slow/actions", Map.of("action", "pause", "mode", "new")).text("/errors/0/field"))
                .isEqualTo("mode");
        assertThat(post(ALL + "/nobody/actions", Map.of("action", "start")).status()).isEqualTo(404);

        post(ALL + "/api-slow/actions", Map.of("action", "start"));
        server.awaitRun("api-slow", RunState.RUNNING);
        Answer paused = post(ALL + "/api-slow/actions", Map.of("action", "pause"));
        assertThat(paused.text("/campaign/state")).isEqualTo("paused");
        await().until(() -> count("api-slow", RowState.SENDING) == 0);
        Answer cancel = post(ALL + "/api-slow/actions", Map.of("action", "cancel", "dry_run", true));
        assertThat(cancel.body().at("/people").asLong()).isEqualTo(count("api-slow", RowState.PENDING)).isPositive();

        post(ALL + "/api-slow/actions", Map.of("action", "cancel"));
        await().until(() -> count("api-slow", RowState.PENDING) == 0);
        assertThat(post(ALL + "/api-slow/actions", Map.of("action", "start", "mode", "new", "dry_run", true)).body()
                .at("/people").asLong()).as("the cancelled have no mail yet")
                .isEqualTo(count("api-slow", RowState.CANCELLED));
    }

    @Test
    void testGoesToTheMailboxMarkedAndHasNoRow() {
        keep("api-test", Map.of());

        Answer sent = post(ALL + "/api-test/test", Map.of("to", "boss@shop.example", "as", "p3@example.org"));

        assertThat(sent.status()).as(sent.raw().body()).isEqualTo(200);
        assertThat(sent.text("/host")).isEqualTo("mailbox");
        Message mail = server.bean(MailSearch.class)
                .page(MailQuery.parse("to:boss@shop.example", Instant.EPOCH), Long.MAX_VALUE, 5).mails().getFirst();
        assertThat(mail.subject()).isEqualTo("[Test] Hello P3");
        String source = new String(server.bean(Mailbox.class).raw(mail.id()).orElseThrow());
        assertThat(source).contains("X-Caravan-Test: yes").contains("Dear P3").contains("To: boss@shop.example");
        assertThat(server.runs("api-test")).isEmpty();
        assertThat(post(ALL + "/api-test/test", Map.of("to", "boss@shop.example", "as", "no@example.org")).status())
                .isEqualTo(422);
        assertThat(post(ALL + "/api-test/test", Map.of()).text("/errors/0/field")).isEqualTo("to");
    }

    @Test
    void testDoesNotReachTheSuppressed() {
        keep("api-gate", Map.of());
        server.bean(Suppressions.class)
                .add(new New("gone@shop.example", Scope.GLOBAL, Reason.MANUAL, "asked by phone", null,
                        null));

        Answer refused = post(ALL + "/api-gate/test", Map.of("to", "gone@shop.example"));

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("/errors/0/message")).contains("must not be mailed (suppression:");
    }

    @Test
    void testLeavesThroughTheRelayAndRowsInDoubtAreDecided(@TempDir Path folder) throws Exception {
        try (ScriptedSink sink = new ScriptedSink().quiet()) {
            sink.next(script().on(Verb.DOT, drop()), script().on(Verb.DOT, drop()), script().on(Verb.DOT, drop()));
            sink.start();
            try (Server relayed = Server.on(folder, Server.relays("main", sink.port()))
                    .with("caravan.waits.relay-rest=500ms").start()) {
                relayed.campaign("lost", Server.people(9, "example.org"));
                relayed.awaitRun("lost", RunState.FINISHED);
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> relayed.counts("lost").getOrDefault(RowState.IN_DOUBT, 0L) == 3);

                String doubt = ALL + "/lost/doubt";
                Answer two = send(relayed, "GET", doubt + "?limit=2", "application/json", "");
                assertThat(two.body().at("/items")).hasSize(2);
                Answer last = send(relayed, "GET", doubt + "?limit=2&cursor=" + two.text("/next"), "application/json",
                        "");
                assertThat(last.body().at("/items")).hasSize(1);
                List<String> rows = new ArrayList<>(two.body().at("/items").findValuesAsString("row"));
                rows.addAll(last.body().at("/items").findValuesAsString("row"));
                for (int i = 0; i < 3; i++) {
                    String decision = List.of("accepted", "failed", "resend").get(i);
                    Answer decided = send(relayed, "POST", doubt + "/" + rows.get(i), "application/json",
                            "{\"decision\":\"" + decision + "\"}");
                    assertThat(decided.status()).isEqualTo(200);
                    assertThat(decided.text("/says")).isEqualTo(decision.equals("resend") ? "sent again" : decision);
                }
                relayed.awaitRun("lost", RunState.FINISHED);
                await().untilAsserted(() -> assertThat(relayed.counts("lost"))
                        .isEqualTo(Map.of(RowState.ACCEPTED, 8L, RowState.FAILED, 1L)));
                assertThat(send(relayed, "POST", doubt + "/" + rows.get(1), "application/json",
                        "{\"decision\":\"failed\"}").status()).isEqualTo(409);
                assertThat(send(relayed, "POST", doubt + "/x", "application/json", "{\"decision\":\"failed\"}")
                        .status()).isEqualTo(400);

                Answer test = send(relayed, "POST", ALL + "/lost/test", "application/json",
                        "{\"to\":\"boss@shop.example\"}");
                assertThat(test.status()).as(test.raw().body()).isEqualTo(200);
                assertThat(test.text("/reply")).startsWith("250");
                assertThat(sink.taken()).filteredOn(mail -> mail.recipient().equals("boss@shop.example")).hasSize(1)
                        .allSatisfy(mail -> assertThat(new String(mail.data())).contains("Subject: [Test] "));
                relayed.restart(); // what the journal says of a life with a test in it is understood
                assertThat(relayed.counts("lost")).isEqualTo(Map.of(RowState.ACCEPTED, 8L, RowState.FAILED, 1L));
            }
        }
    }
}
