package io.caravan.e2e;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.transport.ScriptedSink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The database dies, or hangs, under a campaign. {@code -Dsoak.kills} and {@code -Dsoak.outage} (ISO 8601) make it longer. */
class DatabaseLossIT {

    private static final int KILLS = Math.max(2, Integer.getInteger("soak.kills", 5) * 2 / 5);
    private static final int PEOPLE = Math.max(1_200, 500 * KILLS);
    private static final Duration OUTAGE = Duration.parse(System.getProperty("soak.outage", "PT5S"));
    private static final Duration ANSWER = Duration.ofMillis(200);
    private static final Duration RESUMES_WITHIN = Duration.ofSeconds(15);

    @TempDir
    Path folder;

    @Test
    void killedItComesBackAndNothingIsLostRepeatedOrInDoubt() throws Exception {
        People people = People.of(PEOPLE);
        try (ScriptedSink sink = sink(); Installation installation = installation(sink)) {
            installation.start();
            people.begin(installation, "spring", "hold");
            List<Duration> pauses = new ArrayList<>();
            for (int kill = 1; kill <= KILLS; kill++) {
                int from = people.addresses().size() * kill / (KILLS + 2);
                awaitTaken(sink, from);

                installation.databaseProcess().destroyForcibly();

                pauses.add(untilItClaimsAgain(installation));
            }
            finished(installation);

            System.out.printf("DatabaseLossIT people=%d claims again after %s%n", people.addresses().size(), pauses);
            assertThat(pauses).allMatch(pause -> pause.compareTo(RESUMES_WITHIN) <= 0);
            exact(people, sink, installation);
            assertThat(installation.database().number("select count(*) from evidence")).isZero();
        }
    }

    @Test
    void whileItHangsNoDataIsStartedAndTheHeapDoesNotGrow() throws Exception {
        People people = People.of(1_200);
        try (ScriptedSink sink = sink(); Installation installation = installation(sink)) {
            installation.start();
            people.begin(installation, "spring", "hold");
            awaitTaken(sink, 200);

            installation.signalDatabase("STOP");
            Instant stopped = Instant.now();
            await().atMost(Duration.ofSeconds(20)).until(() -> sink.openData() == 0);
            long heap = installation.liveHeap();
            assertThat(installation.runFor(OUTAGE)).as("it lives through the outage").isTrue();
            long grown = installation.liveHeap() - heap;
            installation.signalDatabase("CONT");
            Instant goesOn = Instant.now();
            Duration pause = untilItClaimsAgain(installation);
            finished(installation);

            System.out.printf("DatabaseLossIT outage=%s heap grew by %d bytes, claims again after %s%n", OUTAGE, grown,
                    pause);
            // 2 s for the feed to be stale, then what was begun has its answer
            Instant last = stopped.plusSeconds(2).plus(ANSWER).plusMillis(500);
            assertThat(sink.taken()).noneMatch(mail -> mail.at().isAfter(last) && mail.at().isBefore(goesOn));
            assertThat(grown).isLessThan(50L << 20);
            assertThat(pause).isLessThanOrEqualTo(RESUMES_WITHIN);
            exact(people, sink, installation);
        }
    }

    /** From its first answer to the first batch that is claimed: what was claimed before goes on by itself, and proves nothing. */
    private static Duration untilItClaimsAgain(Installation installation) throws SQLException {
        Database database = installation.database();
        await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(50)).until(database::answers);
        String answers = database.rows("select now(6)").getFirst().getFirst();
        String claimed = "select coalesce(timestampdiff(microsecond, '" + answers
                + "', min(claimed_at)), -1) from batch where claimed_at > '" + answers + "'";
        await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(() -> database.number(claimed) >= 0);
        return Duration.ofNanos(database.number(claimed) * 1_000);
    }

    private static void awaitTaken(ScriptedSink sink, int number) {
        await().atMost(Duration.ofMinutes(3)).pollInterval(Duration.ofMillis(5))
                .until(() -> sink.takenCount() >= number && sink.openData() > 0);
    }

    private static void finished(Installation installation) {
        await().atMost(Duration.ofMinutes(10)).ignoreExceptions()
                .until(() -> installation.database().runState("spring").equals("finished"));
    }

    private static void exact(People people, ScriptedSink sink, Installation installation) throws SQLException {
        Balance balance = Balance.of(people, sink, installation.database());
        balance.nobodyIsLost();
        balance.nobodyIsMailedTwice();
        assertThat(balance.inDoubt()).isEmpty();
    }

    private static ScriptedSink sink() throws Exception {
        return new ScriptedSink().quiet().delayingDot(ANSWER).start();
    }

    private Installation installation(ScriptedSink sink) {
        return Installation.in(folder.resolve("data"), sink.port(), "--caravan.batches.size=50", "--caravan.queue=50");
    }
}
