package io.caravan.e2e;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

import io.caravan.campaign.Action;
import io.caravan.campaign.Campaigns;
import io.caravan.mail.CampaignId;
import io.caravan.mail.InvalidInput;
import io.caravan.transport.ScriptedSink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * People change their minds, and the machine is restarted meanwhile: still nobody is skipped and nobody mailed twice, and the states sum up
 * to the number planned at every look. {@code -Dsoak.turns} makes it longer, {@code -Dsoak.seed} repeats it.
 */
class PauseResumeCancelIT {

    private static final int TURNS = Integer.getInteger("soak.turns", 10);
    private static final int PEOPLE = TURNS <= 10 ? 500 : TURNS * 100; // two seconds a turn, on a busy machine too
    private static final long SEED = Long.getLong("soak.seed", System.nanoTime());

    @TempDir
    Path folder;

    private final Random random = new Random(SEED);
    private ConfigurableApplicationContext ledgers;

    @Test
    void changesOfMindSkipNobodyAndMailNobodyTwice() throws Exception {
        People people = People.of(PEOPLE);
        try (ScriptedSink sink = new ScriptedSink().quiet().delayingDot(Duration.ofMillis(200)).start();
                Installation installation = Installation.in(folder.resolve("data"), sink.port(),
                        "--caravan.relays.sink.connections=10", "--caravan.batches.size=50", "--caravan.queue=20")) {
            installation.start();
            people.begin(installation, "spring", "hold");
            ledgers = installation.ledgers();
            List<String> story = new ArrayList<>();

            for (int turn = 1; turn <= TURNS; turn++) {
                int from = PEOPLE * turn / (TURNS + 1) - random.nextInt(PEOPLE / (TURNS + 1));
                awaitTakenOrOver(installation, sink, from);
                story.add(changeOfMind(installation, turn));
                sumsUp(installation.database());
            }
            await().atMost(Duration.ofMinutes(3)).ignoreExceptions().until(() -> {
                sumsUp(installation.database());
                return installation.database().runState("spring").equals("finished");
            });

            ledgers.close();
            System.out.printf("PauseResumeCancelIT seed=%d %s%n", SEED, story);
            assertThat(story).as("changes of mind that came in time").contains("restart", "cancel")
                    .filteredOn("over"::equals)
                    .hasSizeLessThan(TURNS / 2);
            Balance balance = Balance.of(people, sink, installation.database());
            balance.nobodyIsMailedTwice();
            assertThat(balance.taken().keySet()).containsExactlyInAnyOrderElementsOf(people.addresses());
            assertThat(balance.accepted()).containsExactlyInAnyOrderElementsOf(people.addresses());
            assertThat(installation.database().settledRows()).isEqualTo(installation.database().counts());
        }
    }

    /** Ends with a run that goes on. In the middle the server is stopped and started while the run is paused. */
    private String changeOfMind(Installation installation, int turn) throws SQLException {
        if (turn != TURNS / 2 && (turn == 2 || random.nextInt(3) == 0)) {
            return asked(Action.CANCEL, Action.START_NEW) ? "cancel" : "over";
        }
        if (!asked(Action.PAUSE)) {
            return "over";
        }
        sumsUp(installation.database());
        if (turn == TURNS / 2) {
            ledgers.close();
            installation.stop(Duration.ofSeconds(30));
            installation.start();
            ledgers = installation.ledgers();
            assertThat(installation.database().runState("spring")).isEqualTo("paused");
        }
        assertThat(asked(Action.RESUME)).isTrue();
        return turn == TURNS / 2 ? "restart" : "pause";
    }

    /** One at once after the other, as a program does. False: the first was refused, because the run is over; it may end as we ask. */
    private boolean asked(Action... actions) {
        Campaigns campaigns = ledgers.getBean(Campaigns.class);
        CampaignId spring = campaigns.find("spring").orElseThrow().id();
        for (Action action : actions) {
            try {
                campaigns.act(spring, action);
            } catch (InvalidInput refused) {
                assertThat(action).as(refused.getMessage()).isEqualTo(actions[0]);
                assertThat(refused).hasMessageContaining("finished");
                return false;
            }
        }
        return true;
    }

    /** Until enough were sent and the run goes on, or nothing is left to send. */
    private static void awaitTakenOrOver(Installation installation, ScriptedSink sink, int number) {
        await().atMost(Duration.ofMinutes(2)).ignoreExceptions().until(() -> {
            String state = installation.database().runState("spring");
            return state.equals("finished") || state.equals("running") && sink.takenCount() >= number;
        });
    }

    /** Each run's states sum up to the rows that it planned, and the counts that pages show are those of the rows. */
    private static void sumsUp(Database database) throws SQLException {
        List<List<String>> runs = database.rows("""
                select r.id, (select coalesce(sum(n), 0) from run_count c where c.run_id = r.id),
                       (select count(*) from delivery d where d.run_id = r.id)
                from run r where r.state not in ('planning', 'preflight') order by r.id""");
        assertThat(runs).allSatisfy(run -> assertThat(run.get(1)).as("run " + run.get(0)).isEqualTo(run.get(2)));
        Map<String, Long> counts = database.counts();
        assertThat(counts.values()).allMatch(n -> n >= 0);
    }
}
