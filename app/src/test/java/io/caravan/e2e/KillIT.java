package io.caravan.e2e;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.transport.ScriptedSink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * kill -9 of the application at random moments of a campaign. {@code -Dsoak.kills} and {@code -Dsoak.people} make it longer,
 * {@code -Dsoak.seed} repeats the moments of an earlier run.
 */
class KillIT {

    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(30);
    private static final int CONNECTIONS = 20;
    private static final int KILLS = Integer.getInteger("soak.kills", 5);
    private static final int PEOPLE = Integer.getInteger("soak.people", 1_200);
    private static final long SEED = Long.getLong("soak.seed", System.nanoTime());

    /** What the sink saw of one kill, and what the next start made of it. */
    private record Kill(int openData, int connections, long doubtful, Duration settled) {
    }

    @TempDir
    Path folder;

    private final Random random = new Random(SEED);
    private final List<Kill> kills = new ArrayList<>();

    @Test
    void underHoldNobodyIsLostAndNobodyMailedTwice() throws Exception {
        People people = People.of(PEOPLE);
        try (ScriptedSink sink = sink(); Installation installation = installation(sink)) {
            killed(installation, sink, people, "hold", KILLS);

            await().atMost(Duration.ofMinutes(10)).ignoreExceptions()
                    .until(() -> installation.database().runState("spring").equals("finished"));

            Balance balance = Balance.of(people, sink, installation.database());
            balance.nobodyIsLost();
            balance.nobodyIsMailedTwice();
            assertThat(balance.inDoubt()).as("a kill that leaves nothing in doubt proves nothing").isNotEmpty();
            assertThat(listed(installation)).as("rows that the verb lists")
                    .isEqualTo(balance.inDoubt().stream().sorted()
                            .toList());
            boundsHold();
        }
    }

    @Test
    void underResendOnlyWhatWasInDoubtIsRepeatedWithTheSameBytes() throws Exception {
        People people = People.of(Math.max(600, PEOPLE / 3));
        try (ScriptedSink sink = sink(); Installation installation = installation(sink)) {
            killed(installation, sink, people, "resend", Math.max(2, KILLS / 2));

            await().atMost(Duration.ofMinutes(10)).ignoreExceptions()
                    .until(() -> installation.database().runState("spring").equals("finished"));

            Balance balance = Balance.of(people, sink, installation.database());
            balance.nobodyIsLost();
            assertThat(balance.inDoubt()).isEmpty();
            assertThat(balance.repeats()).isBetween(1L, kills.stream().mapToLong(Kill::doubtful).sum());
            balance.repeatsAreTheSameMail();
            boundsHold();
        }
    }

    /** A campaign that is killed so many times on its way. The next start may do what it can to be quick. */
    private void killed(Installation installation, ScriptedSink sink, People people, String policy, int times)
            throws SQLException {
        installation.start();
        people.begin(installation, "spring", policy);
        int share = people.addresses().size() / (times + 1);
        for (int kill = 1; kill <= times; kill++) {
            int from = share * (kill - 1) + random.nextInt(20, Math.max(21, share - CONNECTIONS));
            await().atMost(Duration.ofMinutes(5)).pollInterval(Duration.ofMillis(2))
                    .until(() -> sink.takenCount() >= from && sink.openData() > 0);
            installation.runFor(Duration.ofMillis(random.nextInt(200)));
            kill(installation, sink, policy);
        }
        System.out.printf("KillIT policy=%s people=%d seed=%d %s%n", policy, people.addresses().size(), SEED, kills);
    }

    private void kill(Installation installation, ScriptedSink sink, String policy) throws SQLException {
        long before = doubtful(installation.database(), policy);
        int connections = sink.openSessions();
        int openData = sink.openData();
        installation.kill();
        long began = System.nanoTime();
        installation.start();
        await().atMost(SETTLED_WITHIN).ignoreExceptions().until(() -> installation.database().leftOpen() == 0);
        kills.add(new Kill(openData, connections, doubtful(installation.database(), policy) - before,
                Duration.ofNanos(System.nanoTime() - began)));
    }

    /** Under hold they wait for a person; under resend they are deferred, and the attempt says why. */
    private static long doubtful(Database database, String policy) throws SQLException {
        return policy.equals("hold")
                ? database.addresses("in_doubt").size()
                : database.number("select count(*) from attempt where reply like '%before the reply%'");
    }

    private void boundsHold() {
        assertThat(kills).allSatisfy(kill -> {
            assertThat(kill.doubtful()).as("N, one unanswered dot a connection").isLessThanOrEqualTo(CONNECTIONS);
            assertThat(kill.settled()).isLessThan(SETTLED_WITHIN);
        });
        assertThat(kills.stream().filter(kill -> kill.openData() > 0).count()).as("kills with a DATA open")
                .isGreaterThanOrEqualTo((kills.size() + 1) / 2);
    }

    private static List<String> listed(Installation installation) {
        return installation.verb("doubt", "spring").lines().skip(1).map(line -> line.split(",")[1]).sorted().toList();
    }

    private static ScriptedSink sink() throws Exception {
        return new ScriptedSink().quiet().delayingDot(Duration.ofMillis(200)).start();
    }

    private Installation installation(ScriptedSink sink) {
        return Installation.in(folder.resolve("data"), sink.port(), "--caravan.relays.sink.connections=" + CONNECTIONS,
                "--caravan.retry.first=1s");
    }
}
