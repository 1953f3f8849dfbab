package io.caravan.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
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

/** Two processes with a data folder each share a run on one database, and one of them sleeps: first it wakes in time, then too late. */
class TwoNodesIT {

    private static final int PEOPLE = 1_500;
    private static final int RATE = 100;
    private static final int CONNECTIONS = 5;

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void theyShareARunAndItsRateAndOneThatWasDeclaredLostOverwritesNothing() throws Exception {
        People people = People.of(PEOPLE);
        TestDatabase.Address schema = TestDatabase.freshSchema();
        try (ScriptedSink sinkA = sink();
                ScriptedSink sinkB = sink();
                Installation a = node(schema, "a", sinkA);
                Installation b = node(schema, "b", sinkB)) {
            a.start();
            shareSecrets(a, b);
            b.start();
            Database database = a.database();
            int idOfA = (int) database.number("select min(id) from node");

            people.begin(a, "spring", "hold");
            await().atMost(Duration.ofMinutes(1)).until(() -> sinkA.takenCount() > 40 && sinkB.takenCount() > 40);

            sleepPastTheLease(a, idOfA, sinkA);
            int before = sinkA.takenCount();
            a.signal("CONT");
            await().atMost(Duration.ofSeconds(30)).until(() -> sinkA.takenCount() > before + 20);
            assertThat(database.addresses("in_doubt")).as("who only slept goes on").isEmpty();

            sleepPastTheLease(a, idOfA, sinkA);
            int taken = sinkA.takenCount();
            assertThat(ask(b, "GET", "/actuator/health/readiness").body()).contains("\"UP\"", "silent_nodes",
                    "node " + idOfA + " on ", "declare it lost");
            assertThat(ask(b, "GET", "/nodes").body()).contains("/nodes/" + idOfA + "/lost");
            assertThat(ask(b, "POST", "/api/v1/nodes/" + (idOfA + 1) + "/lost").statusCode()).as("itself")
                    .isEqualTo(409);
            HttpResponse<String> declared = ask(b, "POST", "/api/v1/nodes/" + idOfA + "/lost");
            assertThat(declared.statusCode()).as(declared.body()).isEqualTo(200);
            int doubtful = database.addresses("in_doubt").size();
            assertThat(declared.body()).contains("\"in_doubt\":" + doubtful);
            assertThat(doubtful).isBetween(1, 2 * RATE);

            a.signal("CONT");
            await().atMost(Duration.ofSeconds(30)).until(() -> a.saidSinceStart("event=lease-lost"));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> database.number("select count(*) from evidence where settled = 1") > 0);
            assertThat(sinkA.takenCount()).as("no DATA on a lost lease").isLessThanOrEqualTo(taken + 1);
            assertThat(database.addresses("in_doubt").size()).as("late replies end doubts").isLessThan(doubtful);

            a.kill();
            a.start();
            await().atMost(Duration.ofMinutes(2)).ignoreExceptions()
                    .until(() -> database.runState("spring").equals("finished"));

            assertThat(a.said()).contains("event=came-back");
            exact(people, Stream.of(sinkA, sinkB).flatMap(sink -> sink.taken().stream()).toList(), database);
        }
    }

    /** Everybody once; what is in doubt had its dot out and no reply in the journal. */
    private static void exact(People people, List<Taken> taken, Database database) throws SQLException {
        assertThat(taken.stream().map(Taken::recipient)).doesNotHaveDuplicates();
        Set<String> accepted = new TreeSet<>(database.addresses("accepted"));
        Set<String> inDoubt = new TreeSet<>(database.addresses("in_doubt"));
        assertThat(inDoubt).hasSizeLessThanOrEqualTo(CONNECTIONS);
        Set<String> known = new TreeSet<>(accepted);
        known.addAll(inDoubt);
        assertThat(known).isEqualTo(new TreeSet<>(people.addresses()));
        assertThat(taken.stream().map(Taken::recipient)).containsAll(accepted).allMatch(known::contains);
        assertThat(database.counts()).isEqualTo(database.settledRows());
        assertThat(database.number("select count(distinct node_id) from batch where settled > 0")).isEqualTo(2);
        assertThat(database.number("select count(*) from batch where state = 'open'")).isZero();
        neverAboveTheRate(taken, Instant.parse(database.rows(
                "select date_format(min(claimed_at), '%Y-%m-%dT%H:%i:%s.%fZ') from batch").getFirst().getFirst()));
    }

    /** A rate of r lets no more than r t + r go within t of the first claim. Each of two nodes with a rate of its own would let go twice that. */
    private static void neverAboveTheRate(List<Taken> taken, Instant first) {
        List<Instant> times = new ArrayList<>(taken.stream().map(Taken::at).sorted(Comparator.naturalOrder()).toList());
        for (int i = 0; i < times.size(); i++) {
            double seconds = Duration.between(first, times.get(i)).toNanos() / 1e9;
            assertThat(i + 1.0).as("mails in %s s", seconds).isLessThanOrEqualTo(RATE * (seconds + 1) * 1.02 + 1);
        }
    }

    /** Stops the process with a mail behind its dot, and waits until the database thinks it silent. */
    private static void sleepPastTheLease(Installation node, int id, ScriptedSink sink) {
        await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(2)).until(() -> sink.openData() > 0);
        node.signal("STOP");
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> node.database()
                .number("select until < utc_timestamp(6) from node where id = " + id) == 1);
    }

    private static void shareSecrets(Installation from, Installation to) throws IOException {
        Path keys = Files.createDirectories(to.data().resolve("keys"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        for (String name : List.of("secret", "token")) {
            Files.copy(from.data().resolve("keys").resolve(name), keys.resolve(name),
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    private HttpResponse<String> ask(Installation node, String method, String path) throws Exception {
        String server = Files.readString(node.data().resolve("keys/server")).strip();
        String token = Files.readString(node.data().resolve("keys/token")).strip();
        return http.send(HttpRequest.newBuilder(URI.create(server + path)).header("Authorization", "Bearer " + token)
                .method(method, HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static ScriptedSink sink() throws Exception {
        return new ScriptedSink().quiet().delayingDot(Duration.ofMillis(100)).start();
    }

    private Installation node(TestDatabase.Address schema, String name, ScriptedSink sink) {
        return Installation.on(schema, folder.resolve(name), sink.port(), "--caravan.pacing.overall=" + RATE + "/s",
                "--caravan.relays.sink.connections=" + CONNECTIONS, "--caravan.batches.size=20",
                "--caravan.waits.lease=4s", "--caravan.waits.lease-renew=1s", "--caravan.retry.first=1s");
    }
}
