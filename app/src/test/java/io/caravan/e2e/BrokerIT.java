package io.caravan.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.TestDatabase;
import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Taken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** As in {@code examples/broker}: one node claims, another sends, and a broker that forgets what it holds when it stops is between them. */
class BrokerIT {

    private static final int PEOPLE = 2_000;
    private static final int CONNECTIONS = 5;
    private static final String QUEUE = "caravan.batches";

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void everybodyIsMailedOnceWhateverBecomesOfTheSenderAndTheBroker() throws Exception {
        People people = People.of(PEOPLE);
        TestDatabase.Address schema = TestDatabase.freshSchema();
        try (Broker broker = new Broker().start();
                ScriptedSink sink = new ScriptedSink().quiet().delayingDot(Duration.ofMillis(10)).start();
                Installation claiming = node(schema, "claims", broker, 9, "--caravan.seam.deliver=false",
                        "--caravan.pacing.overall=70/s"); // so that something is left to claim when the broker ends, on a busy machine too
                Installation sending = node(schema, "sends", broker, sink.port(), "--caravan.seam.claim=false")) {
            claiming.start();
            Fleet.shareSecrets(claiming, sending);
            sending.start();
            Database database = sending.database();
            long claimer = database.number("select min(id) from node");

            people.begin(claiming, "spring", "hold");
            await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(2))
                    .until(() -> sink.takenCount() > 200 && sink.openData() > 0);
            sending.kill();
            broker.stop();
            int before = sink.takenCount();
            sending.launch();
            await().atMost(Duration.ofSeconds(40))
                    .until(() -> readiness(claiming).contains("the seam jms:queue:" + QUEUE + " takes no batches"));
            sending.awaitRunning();
            assertThat(claiming.said()).contains("event=seam-broken seam=jms:queue:" + QUEUE);
            assertThat(sink.takenCount()).as("what was claimed before is all that is sent").isLessThan(before + 200);

            broker.start();
            broughtTwiceIsDropped(broker, sending, database, claimer);
            await().atMost(Duration.ofMinutes(2)).ignoreExceptions()
                    .until(() -> database.runState("spring").equals("finished"));
            assertThat(claiming.said()).contains("event=seam-goes-on");
            await().atMost(Duration.ofSeconds(20)).until(() -> readiness(claiming).contains("\"UP\""));
            exact(people, sink.taken(), database, claimer);

            reloaded(sending);
            broker.bringAgain(QUEUE, "batch=1 run=1 node=%d epoch=1 size=50 road=relay:sink".formatted(claimer));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> sending.saidSinceStart("event=reference-dropped batch=1 run=1"));
            assertThat(sending.said()).as("nothing of a workflow is done for one that is dropped")
                    .doesNotContain("route=send-standard");
        }
    }

    /** By the signal, unless whoever runs this test has its processes ignore it, as nohup does. */
    private void reloaded(Installation node) throws Exception {
        if (node.said().contains("event=no-reload-signal")) {
            assertThat(asked(node, "/api/v1/routes/reload", "POST")).contains("reloaded");
        } else {
            node.signal("HUP");
        }
        await().atMost(Duration.ofSeconds(40)).until(() -> node.saidSinceStart("event=routes-reloaded"));
    }

    /** A reference of a batch that is being sent, and one of a batch that is long settled. */
    private static void broughtTwiceIsDropped(Broker broker, Installation sending, Database database, long claimer)
            throws Exception {
        for (String state : List.of("open", "closed")) {
            List<String> batch = await().atMost(Duration.ofSeconds(20))
                    .until(() -> database
                            .rows("select id, run_id, epoch, size from batch where untaken = 0 and state = '"
                                    + state + "' order by id desc limit 1"),
                            rows -> !rows.isEmpty())
                    .getFirst();
            broker.bringAgain(QUEUE, "batch=%s run=%s node=%d epoch=1 size=%s road=relay:sink".formatted(batch.get(0),
                    batch.get(1), claimer, batch.get(3)));
            await().atMost(Duration.ofSeconds(20)).until(
                    () -> sending.saidSinceStart("event=reference-dropped batch=" + batch.get(0) + " run="));
        }
        broker.bringAgain(QUEUE, "hello");
        await().atMost(Duration.ofSeconds(20)).until(() -> sending.saidSinceStart("is no batch reference"));
        assertThat(sending.said()).containsPattern("event=route-fault body=String what=\"[^\\n]*is no batch reference");
    }

    /** Everybody once; what is in doubt had its dot out and no reply in the journal when its node was killed. */
    private static void exact(People people, List<Taken> taken, Database database, long claimer) throws Exception {
        assertThat(taken.stream().map(Taken::recipient)).doesNotHaveDuplicates();
        Set<String> accepted = new TreeSet<>(database.addresses("accepted"));
        Set<String> inDoubt = new TreeSet<>(database.addresses("in_doubt"));
        assertThat(inDoubt).hasSizeLessThanOrEqualTo(CONNECTIONS);
        Set<String> known = new TreeSet<>(accepted);
        known.addAll(inDoubt);
        assertThat(known).isEqualTo(new TreeSet<>(people.addresses()));
        assertThat(accepted.size() + inDoubt.size()).isEqualTo(PEOPLE);
        assertThat(taken.stream().map(Taken::recipient)).containsAll(accepted).allMatch(known::contains);
        assertThat(database.counts()).isEqualTo(database.settledRows());
        assertThat(database.number("select count(*) from batch where state = 'open'")).isZero();
        assertThat(database.number("select count(*) from batch where untaken = 0 and node_id = " + claimer))
                .as("the claimer sends nothing").isZero();
        assertThat(database.number("select count(*) from evidence")).isZero();
    }

    private String readiness(Installation node) {
        return asked(node, "/actuator/health/readiness", "GET");
    }

    private String asked(Installation node, String path, String method) {
        try {
            String server = Files.readString(node.data().resolve("keys/server")).strip();
            String token = Files.readString(node.data().resolve("keys/token")).strip();
            return http
                    .send(HttpRequest.newBuilder(URI.create(server + path)).header("Authorization", "Bearer " + token)
                            .method(method, HttpRequest.BodyPublishers.noBody()).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Installation node(TestDatabase.Address schema, String name, Broker broker, int port, String... own) {
        return Installation.on(schema, folder.resolve(name), port, Stream.concat(Stream.of(own), Stream.of(
                "--spring.config.additional-location=file:" + Path.of("examples/broker/").toAbsolutePath() + "/",
                "--spring.artemis.broker-url=" + broker.url() + "?consumerWindowSize=0",
                "--spring.artemis.password=none", "--caravan.relays.main.uri=smtp://127.0.0.1:" + port + "?tls=none",
                "--caravan.seam.wait=4s",
                "--caravan.relays.sink.connections=" + CONNECTIONS, "--caravan.batches.size=50",
                "--caravan.retry.first=1s")).toArray(String[]::new));
    }
}
