package io.caravan.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.journal.OtherBoot;
import io.caravan.transport.ScriptedSink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The power goes under a campaign, stood in for: the whole data folder, database and journal, is copied between two instructions of both
 * processes (they are stopped meanwhile), the journal is cut back to what certainly was synced, and another installation goes on from the
 * copy. What it leaves out of a true loss of power: pages of the database that were written and not synced are in the copy.
 * {@code -Dsoak.powercuts} repeats it in one campaign.
 */
class PowerLossIT {

    private static final int CUTS = Integer.getInteger("soak.powercuts", 1);
    private static final int PEOPLE = 300 + 300 * CUTS; // a cut costs 120, and at most 180 that are in doubt
    private static final int QUEUE = 40;
    private static final int BATCH = 20;
    private static final int CONNECTIONS = 20;

    /** @param cut bytes that the journal lost */
    private record Cut(int openData, long cut, int told, int doubtful) {
    }

    @TempDir
    Path folder;

    private final List<Cut> cuts = new ArrayList<>();

    @Test
    void whatWasToldBeforeIsKnownAfterAndWhatMayHaveGoneOutIsInDoubtAndNothingElse() throws Exception {
        People people = People.of(PEOPLE);
        Installation running = null;
        try (ScriptedSink sink = new ScriptedSink().quiet().delayingDot(Duration.ofMillis(200)).start()) {
            running = Installation.in(folder.resolve("data0"), sink.port(), settings());
            running.start();
            people.begin(running, "spring", "hold");
            for (int cut = 1; cut <= CUTS; cut++) {
                running = afterACut(running, sink, folder.resolve("data" + cut));
            }
            Database database = running.database();
            await().atMost(Duration.ofMinutes(3)).ignoreExceptions()
                    .until(() -> database.runState("spring").equals("finished"));

            System.out.printf("PowerLossIT people=%d %s%n", PEOPLE, cuts);
            Balance balance = Balance.of(people, sink, database);
            balance.nobodyIsLost();
            balance.nobodyIsMailedTwice();
            assertThat(database.counts()).isEqualTo(database.settledRows());
            assertThat(cuts).allSatisfy(cut -> assertThat(cut.doubtful())
                    .as("more than the connections, no more than the road holds")
                    .isBetween(CONNECTIONS + 1, QUEUE + 2 * BATCH + 100));
        } finally {
            if (running != null) {
                running.close();
            }
        }
    }

    private Installation afterACut(Installation running, ScriptedSink sink, Path copy) throws Exception {
        int from = sink.takenCount() + 120; // what an earlier cut left in doubt is not taken any more
        await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(2))
                .until(() -> sink.takenCount() > from && sink.openData() == CONNECTIONS);
        Set<String> told = new TreeSet<>(running.database().addresses("accepted"));
        int before = running.database().addresses("in_doubt").size();
        int open = sink.openData();
        running.signal("STOP");
        running.signalDatabase("STOP");
        copy(running.data(), copy);
        running.close(); // kill -9 of both

        long lost = OtherBoot.cutToSynced(copy.resolve("journal"));
        OtherBoot.pretend(copy.resolve("journal"));
        Installation next = Installation.of(copy, sink.port(), settings()).start();

        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> next.database().leftOpen() == 0);
        assertThat(next.database().addresses("accepted")).as("what a page said before").containsAll(told);
        cuts.add(new Cut(open, lost, told.size(), doubtful(next) - before));
        return next;
    }

    private static int doubtful(Installation installation) throws SQLException {
        return installation.database().addresses("in_doubt").size();
    }

    private static void copy(Path from, Path to) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("cp", "-a", from.toString(), to.toString()).inheritIO().start().waitFor();
        assertThat(exit).isZero();
    }

    private static String[] settings() {
        return new String[]{"--caravan.queue=" + QUEUE, "--caravan.batches.size=" + BATCH,
                "--caravan.relays.sink.connections=" + CONNECTIONS};
    }
}
