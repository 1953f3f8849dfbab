package io.caravan.e2e;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.api.Probe;
import io.caravan.flow.Housekeeping;
import io.caravan.mail.RunState;
import io.caravan.transport.ScriptedSink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** R15: a POST that comes again with its key is done once and answered alike, in parallel, after a crash, and for 24 hours. */
class IdempotencyIT {

    private static final int PARALLEL = 50;
    private static final String ORDER = "{\"given_name\": \"Ana\", \"count\": 3}";

    @TempDir
    private static Path data;
    private static ScriptedSink sink;
    private static Server server;
    private static Programs program;
    private static Probe probe;

    @BeforeAll
    static void start() throws Exception {
        sink = new ScriptedSink().quiet().start();
        server = Server.on(data).with("caravan.relays.main.uri=smtp://127.0.0.1:" + sink.port() + "?tls=none",
                "caravan.sandbox.verified=leaves.example", "caravan.routing.domains.[leaves.example]=relay:main")
                .start();
        program = Programs.of(server);
        probe = Probe.join(server.routes());
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        sink.close();
    }

    @Test
    void fiftyAtOnceAreDoneOnceAndAnsweredAlike() throws Exception {
        int before = probe.done.get();
        probe.go = new CountDownLatch(1);
        List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();

        for (int i = 0; i < PARALLEL; i++) {
            sent.add(program.http().sendAsync(program.post("/api/v1/probe", ORDER)
                    .header("Idempotency-Key", "fifty").build(), HttpResponse.BodyHandlers.ofString()));
        }
        assertThat(probe.entered.await(30, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        probe.go.countDown();

        List<HttpResponse<String>> answers = sent.stream().map(CompletableFuture::join).toList();
        assertThat(probe.done.get()).isEqualTo(before + 1);
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.statusCode()).isEqualTo(201);
            assertThat(answer.body()).isEqualTo(answers.getFirst().body()).contains("\"given_name\":\"Ana\"");
            assertThat(answer.headers().firstValue("Location"))
                    .isEqualTo(answers.getFirst().headers().firstValue("Location")).isPresent();
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        });
        assertThat(answers).filteredOn(answer -> answer.headers().firstValue("Idempotency-Replayed").isEmpty())
                .hasSize(1);
    }

    @Test
    void aCampaignThatIsSentFiftyTimesAtOnceIsOneCampaignWithOneRun() throws Exception {
        server.drop("patient.csv", Server.people(4, "patient.example"));
        server.awaitNote("patient.csv");
        String campaign = """
                {"campaign": {"name": "once-only", "from": "News <news@shop.example>", "subject": "Hello", "text": "t.txt",
                              "audience": {"list": "patient"}, "schedule": {"at": "now"}},
                 "files": {"t.txt": "Hello.\\n"}}""";
        List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();

        for (int i = 0; i < PARALLEL; i++) {
            sent.add(program.http().sendAsync(program.post("/api/v1/campaigns", campaign)
                    .header("Idempotency-Key", "once-only").build(), HttpResponse.BodyHandlers.ofString()));
        }

        List<HttpResponse<String>> answers = sent.stream().map(CompletableFuture::join).toList();
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
            assertThat(answer.body()).isEqualTo(answers.getFirst().body()).contains("\"created\"");
        });
        server.awaitRun("once-only", RunState.FINISHED);
        assertThat(server.runs("once-only")).hasSize(1);
        assertThat(server.ledger("once-only")).hasSize(4);
        assertThat(server.sql().sql("select count(*) from campaign where name = 'once-only'").query(Long.class)
                .single()).isEqualTo(1);
        assertThat(server.sql().sql("select count(*) from mailbox_message where recipient like '%@patient.example'")
                .query(Long.class).single()).isEqualTo(4);
    }

    @Test
    void anotherRequestWithTheSameKeyIsRefused() throws Exception {
        post("/api/v1/probe", ORDER, "reused");

        HttpResponse<String> other = post("/api/v1/probe", ORDER.replace("3", "4"), "reused");

        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(other.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(other.body()).contains("key_reused");
        assertThat(post("/api/v1/probe/broken", ORDER, "reused").statusCode()).isEqualTo(422);
    }

    @Test
    void refusalsAreKeptAndOurOwnFaultsAreNot() throws Exception {
        String faulty = ORDER.replace("Ana", "");
        HttpResponse<String> refused = post("/api/v1/probe", faulty, "faulty");
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(post("/api/v1/probe", faulty, "faulty").body()).isEqualTo(refused.body());
        int before = probe.done.get();

        assertThat(post("/api/v1/probe/broken", "{}", "broken").statusCode()).isEqualTo(500);
        String work = work("broken");
        assertThat(post("/api/v1/probe/broken", "{}", "broken").statusCode()).isEqualTo(500);
        assertThat(work("broken")).as("it may have been done: the same work again").isEqualTo(work);

        assertThat(probe.done.get()).isEqualTo(before + 2);
        assertThat(server.sql().sql("select count(*) from request_key where name = 'broken' and status is not null")
                .query(Long.class).single()).isZero();
        assertThat(program.send(program.request("/api/v1/nothing").header("Idempotency-Key", "nothing")
                .POST(BodyPublishers.ofString("{}"))).statusCode()).isEqualTo(404);
        assertThat(kept("nothing")).isZero();
    }

    @Test
    void anUploadIsKnownAgainByItsPartsThoughItsBoundaryIsAnother() throws Exception {
        HttpResponse<String> first = upload("aaa", "a.csv", "one");

        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(upload("bbb", "a.csv", "one").body()).isEqualTo(first.body());
        assertThat(upload("aaa", "a.csv", "two").statusCode()).isEqualTo(422);
        assertThat(upload("aaa", "b.csv", "one").statusCode()).isEqualTo(422);
    }

    @Test
    void whatALifeThatIsOverLeftInTheMiddleIsTakenOver() throws Exception {
        HttpResponse<String> first = post("/api/v1/probe", ORDER, "crashed");
        server.sql().sql("update request_key set status = null, headers = null, body = null, epoch = epoch - 1"
                + " where name = 'crashed'").update();
        int before = probe.done.get();

        HttpResponse<String> again = post("/api/v1/probe", ORDER, "crashed");

        assertThat(again.statusCode()).isEqualTo(201);
        assertThat(probe.done.get()).isEqualTo(before + 1);
        assertThat(again.body()).isNotEqualTo(first.body());
        assertThat(post("/api/v1/probe", ORDER, "crashed").body()).isEqualTo(again.body());
    }

    @Test
    void aStartWhoseAnswerWasLostIsNotDoneAgain() throws Exception {
        server.drop("twice.csv", Server.people(3, "twice.example"));
        server.awaitNote("twice.csv");
        assertThat(post("/api/v1/campaigns", """
                {"campaign": {"name": "started-once", "from": "News <news@shop.example>", "subject": "Hello", "text": "t.txt",
                              "audience": {"list": "twice"}, "schedule": {"at": "now"}},
                 "files": {"t.txt": "Hello.\\n"}}""", "started-once").statusCode()).isEqualTo(201);
        server.awaitRun("started-once", RunState.FINISHED);
        String again = "{\"action\": \"start\", \"mode\": \"again\"}";
        HttpResponse<String> first = post("/api/v1/campaigns/started-once/actions", again, "again");
        assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
        server.awaitRun("started-once", RunState.FINISHED);

        // the node died after the act and before it kept the answer; the run is over meanwhile, so it would be legal again
        server.sql().sql("update request_key set status = null, headers = null, body = null, epoch = epoch - 1"
                + " where name = 'again'").update();
        HttpResponse<String> repeated = post("/api/v1/campaigns/started-once/actions", again, "again");

        assertThat(repeated.statusCode()).as(repeated.body()).isEqualTo(200);
        assertThat(repeated.body()).contains("\"people\":3", "\"number\":2");
        assertThat(server.runs("started-once")).hasSize(2);
        assertThat(server.sql().sql("select count(*) from mailbox_message where recipient like '%@twice.example'")
                .query(Long.class).single()).isEqualTo(6);
        assertThat(post("/api/v1/campaigns/started-once/actions", again, "another").statusCode()).isEqualTo(200);
        assertThat(server.runs("started-once")).hasSize(3);
        server.awaitRun("started-once", RunState.FINISHED);
    }

    @Test
    void aPauseAndACancelWhoseAnswersWereLostAreNotDoneAgain() throws Exception {
        server.campaign("paused-once", Server.people(60, "paused.example"), "rate: 1/min");
        server.awaitRun("paused-once", RunState.RUNNING);
        String actions = "/api/v1/campaigns/paused-once/actions";
        String pause = "{\"action\": \"pause\"}";
        assertThat(post(actions, pause, "pause").statusCode()).isEqualTo(200);
        server.awaitRun("paused-once", RunState.PAUSED);
        assertThat(post(actions, "{\"action\": \"resume\"}", "resume").statusCode()).isEqualTo(200);

        forgetTheAnswer("pause");
        HttpResponse<String> paused = post(actions, pause, "pause");

        assertThat(paused.statusCode()).as(paused.body()).isEqualTo(200);
        assertThat(paused.body()).contains("\"action\":\"pause\"", "\"state\":\"running\"");
        assertThat(server.runs("paused-once").getFirst().state()).isEqualTo(RunState.RUNNING);
        String cancel = "{\"action\": \"cancel\"}";
        assertThat(post(actions, cancel, "cancel").statusCode()).isEqualTo(200);
        server.awaitRun("paused-once", RunState.CANCELLED);
        forgetTheAnswer("cancel");
        HttpResponse<String> cancelled = post(actions, cancel, "cancel");
        assertThat(cancelled.statusCode()).as(cancelled.body()).isEqualTo(200);
        assertThat(cancelled.body()).contains("\"action\":\"cancel\"", "\"state\":\"cancelled\"");
        assertThat(post(actions, cancel, "cancel-anew").statusCode())
                .as("whoever asks anew is told that it is over").isEqualTo(409);
    }

    @Test
    void aTestMailWhoseAnswerWasLostIsNotSentAgain() throws Exception {
        server.campaign("tested", Server.people(2, "tested.example"));
        server.awaitRun("tested", RunState.FINISHED);
        String test = "/api/v1/campaigns/tested/test";
        String boss = "{\"to\": \"boss@leaves.example\"}";
        assertThat(post(test, boss, "lost-test").body()).contains("\"reply\":\"250 ");

        forgetTheAnswer("lost-test");
        HttpResponse<String> again = post(test, boss, "lost-test");

        assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
        assertThat(again.body()).contains("\"to\":\"boss@leaves.example\"", "\"reason\":\"in doubt: ");
        assertThat(post(test, boss, "lost-test").headers().firstValue("Idempotency-Replayed")).isPresent();
        assertThat(taken("boss@leaves.example")).isEqualTo(1);
        assertThat(post(test, boss, "another-test").body()).contains("\"reply\":\"250 ");
        assertThat(taken("boss@leaves.example")).isEqualTo(2);
    }

    @Test
    void aTestMailWhoseAnswerWasLostIsNotRefusedWhenItsPersonIsGoneSince() throws Exception {
        server.campaign("shown", Server.people(2, "shown.example"));
        server.awaitRun("shown", RunState.FINISHED);
        String test = "/api/v1/campaigns/shown/test";
        String boss = "{\"to\": \"guest@leaves.example\", \"as\": \"p1@shown.example\"}";
        assertThat(post(test, boss, "lost-as").body()).contains("\"reply\":\"250 ");

        forgetTheAnswer("lost-as");
        server.sql().sql("update contact set address = 'gone@shown.example' where address = 'p1@shown.example'")
                .update();
        HttpResponse<String> again = post(test, boss, "lost-as");

        assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
        assertThat(again.body()).contains("\"as\":\"p1@shown.example\"", "\"reason\":\"in doubt: ");
        assertThat(taken("guest@leaves.example")).isEqualTo(1);
    }

    private static long taken(String recipient) {
        return sink.taken().stream().filter(mail -> mail.recipient().equals(recipient)).count();
    }

    @Test
    void aTestMailForTheBuiltInMailboxIsKeptThereOnceAndAnsweredAsBefore() throws Exception {
        server.campaign("kept", Server.people(1, "kept.example"));
        server.awaitRun("kept", RunState.FINISHED);
        String boss = "{\"to\": \"once@shop.example\"}";
        HttpResponse<String> first = post("/api/v1/campaigns/kept/test", boss, "kept-once");
        assertThat(first.body()).contains("\"host\":\"mailbox\"");

        forgetTheAnswer("kept-once");

        assertThat(post("/api/v1/campaigns/kept/test", boss, "kept-once").body()).isEqualTo(first.body());
        assertThat(server.sql().sql("select count(*) from mailbox_message where recipient = 'once@shop.example'")
                .query(Long.class).single()).isEqualTo(1);
    }

    @Test
    void whoeverComesWhileAnotherNodeIsAtItWaitsForItsAnswer() throws Exception {
        post("/api/v1/probe", ORDER, "elsewhere");
        server.sql().sql("""
                insert into node (name, host, epoch, boot_id, until, started_at) values
                ('another', 'another', 1, 'boot', utc_timestamp(6) + interval 1 hour, utc_timestamp(6))""").update();
        byte[] body = server.sql().sql("select body from request_key where name = 'elsewhere'").query(byte[].class)
                .single();
        server.sql().sql("""
                update request_key set status = null, body = null, epoch = 1,
                    node_id = (select id from node where name = 'another') where name = 'elsewhere'""").update();
        int before = probe.done.get();

        CompletableFuture<HttpResponse<String>> waiting = program.http().sendAsync(
                program.post("/api/v1/probe", ORDER).header("Idempotency-Key", "elsewhere").build(),
                HttpResponse.BodyHandlers.ofString());
        await().during(Duration.ofMillis(600)).atMost(Duration.ofSeconds(5)).until(() -> !waiting.isDone());
        server.sql().sql("update request_key set status = 201, body = :body where name = 'elsewhere'")
                .param("body", body).update();

        assertThat(waiting.join().statusCode()).isEqualTo(201);
        assertThat(probe.done.get()).isEqualTo(before);
    }

    @Test
    void afterADayTheKeyIsNewAgainAndHousekeepingRemovesIt() throws Exception {
        HttpResponse<String> first = post("/api/v1/probe", ORDER, "old");
        post("/api/v1/probe", ORDER, "older");
        server.sql().sql("update request_key set since = since - interval 24 hour - interval 1 minute"
                + " where name in ('old', 'older')").update();

        assertThat(post("/api/v1/probe", ORDER, "old").body()).isNotEqualTo(first.body());
        server.bean(Housekeeping.class).sweep();

        assertThat(kept("older")).isZero();
        assertThat(kept("old")).isEqualTo(1);
    }

    @Test
    void aKeyThatIsNoneIsRefusedAndWithoutOneEveryRequestIsItsOwn() throws Exception {
        assertThat(post("/api/v1/probe", ORDER, "with space").statusCode()).isEqualTo(400);
        assertThat(post("/api/v1/probe", ORDER, "x".repeat(256)).statusCode()).isEqualTo(400);

        assertThat(program.send(program.post("/api/v1/probe", ORDER)).body())
                .isNotEqualTo(program.send(program.post("/api/v1/probe", ORDER)).body());
    }

    @Test
    void whoIsNotLetInUsesUpNoKey() throws Exception {
        HttpResponse<String> refused = program.http().send(java.net.http.HttpRequest
                .newBuilder(program.base().resolve("/api/v1/probe")).header("Idempotency-Key", "stranger")
                .POST(BodyPublishers.ofString(ORDER)).build(), HttpResponse.BodyHandlers.ofString());

        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(kept("stranger")).isZero();
    }

    /** As if the node had died after the work and before it kept the answer. */
    private static void forgetTheAnswer(String key) {
        assertThat(
                server.sql().sql("update request_key set status = null, headers = null, body = null, epoch = epoch - 1"
                        + " where name = :key").param("key", key).update())
                .isEqualTo(1);
    }

    private static String work(String key) {
        return server.sql().sql("select hex(work) from request_key where name = :key").param("key", key)
                .query(String.class).single();
    }

    private static long kept(String key) {
        return server.sql().sql("select count(*) from request_key where name = :key").param("key", key)
                .query(Long.class).single();
    }

    private static HttpResponse<String> post(String path, String body, String key) throws Exception {
        return program.send(program.post(path, body).header("Idempotency-Key", key));
    }

    private static HttpResponse<String> upload(String boundary, String name, String content) throws Exception {
        return program.send(program.request("/api/v1/probe/file").header("Idempotency-Key", "upload")
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(BodyPublishers.ofString("--" + boundary
                        + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n\r\n"
                        + content + "\r\n--" + boundary + "--\r\n")));
    }
}
