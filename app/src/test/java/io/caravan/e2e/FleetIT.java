package io.caravan.e2e;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.transport.ScriptedSink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Several nodes share a campaign, and kill -9 hits one after the other, at times all of them; each starts again on its own data folder, at
 * once or when the next one falls. {@code -Dsoak.kills} and {@code -Dsoak.people} make it longer (then with four nodes), {@code -Dsoak.seed}
 * repeats the choices of an earlier run.
 */
class FleetIT {

    private static final int CONNECTIONS = 10;
    private static final int KILLS = Math.max(2, Integer.getInteger("soak.kills", 4) * 3 / 5);
    private static final int PEOPLE = Integer.getInteger("soak.people", 500);
    private static final int NODES = KILLS > 10 ? 4 : 2;
    private static final long SEED = Long.getLong("soak.seed", System.nanoTime());
    /** So that the campaign lasts as long as the kills: some seconds each, and in the long form as long as a start takes on a busy machine. */
    private static final int RATE = NODES == 2 ? 50 : Math.max(25, PEOPLE / (KILLS * 25));

    private record Kill(int node, int openData) {
    }

    @TempDir
    Path folder;

    private final Random random = new Random(SEED);
    private final Set<Integer> down = new TreeSet<>();
    private final List<Kill> kills = new ArrayList<>();

    @Test
    void everyRecipientHasOneRowAndTheSinksHaveThoseAcceptedAndSomeOfThoseInDoubtWhoeverIsKilled() throws Exception {
        People people = People.of(PEOPLE);
        try (Fleet fleet = Fleet.of(NODES, folder, Duration.ofMillis(200), "--caravan.pacing.overall=" + RATE + "/s",
                "--caravan.relays.sink.connections=" + CONNECTIONS, "--caravan.batches.size=40",
                "--caravan.retry.first=1s")) {
            people.begin(fleet.node(0), "spring", "hold");
            for (int kill = 1; kill <= KILLS; kill++) {
                killOne(fleet, PEOPLE * (kill - 1) / (KILLS + 1));
            }
            down.forEach(node -> fleet.node(node).launch());
            fleet.awaitFinished("spring");

            exact(people, fleet);
        }
    }

    /** Any that runs, as soon as so many mails were taken and it has one behind its dot. */
    private void killOne(Fleet fleet, int from) {
        int node = random.nextInt(NODES);
        if (down.contains(node)) {
            start(fleet, node);
        }
        Installation victim = fleet.node(node);
        victim.awaitRunning();
        ScriptedSink sink = fleet.sink(node);
        int end = PEOPLE - KILLS * CONNECTIONS;
        await().atMost(Duration.ofMinutes(5)).pollInterval(Duration.ofMillis(2))
                .until(() -> fleet.taken() >= from && sink.openData() > 0 || fleet.taken() >= end);
        victim.runFor(Duration.ofMillis(random.nextInt(150)));
        int open = sink.openData();
        victim.kill();
        kills.add(new Kill(node, open));
        Set.copyOf(down).forEach(other -> start(fleet, other)); // of two nodes, both were down then
        if (random.nextInt(3) == 0) {
            down.add(node); // until the next one falls
        } else {
            start(fleet, node);
        }
    }

    private void start(Fleet fleet, int node) {
        fleet.node(node).launch();
        down.remove(node);
    }

    private void exact(People people, Fleet fleet) throws SQLException {
        Database database = fleet.database();
        Balance balance = Balance.of(people, fleet.sinks(), database);
        Set<String> hasInDoubt = new TreeSet<>(balance.inDoubt());
        hasInDoubt.retainAll(balance.taken().keySet());
        System.out.printf(
                "FleetIT nodes=%d people=%d rate=%d/s seed=%d %s: accepted %d, in doubt %d, of which taken %d%n",
                NODES, PEOPLE, RATE, SEED, kills, balance.accepted().size(), balance.inDoubt().size(),
                hasInDoubt.size());

        balance.nobodyIsLost();
        balance.nobodyIsMailedTwice();
        assertThat(balance.taken()).hasSize(balance.accepted().size() + hasInDoubt.size());
        assertThat(database.number("select count(*) from delivery")).isEqualTo(PEOPLE);
        assertThat(database.counts()).isEqualTo(database.settledRows());
        assertThat(database.number("select count(*) from batch where state = 'open'")).isZero();
        assertThat(balance.inDoubt()).as("a kill that leaves nothing in doubt proves nothing").isNotEmpty()
                .hasSizeLessThanOrEqualTo(KILLS * CONNECTIONS);
        assertThat(kills.stream().filter(kill -> kill.openData() > 0).count()).as("kills with a DATA open")
                .isGreaterThanOrEqualTo((KILLS + 1) / 2);
    }
}
