package io.caravan.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.Application;
import io.caravan.TestDatabase;
import io.caravan.transport.ScriptedSink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Connections to the database break at every place of the road: no row is sent twice, none stays in sending for ever. */
class LostAnswersIT {

    private static final int PEOPLE = 1_200;
    private static final long SEED = Long.getLong("soak.seed", System.nanoTime());

    @TempDir
    Path folder;

    @Test
    void everyClaimedRowComesToItsEndWhateverAnswerOfTheDatabaseIsLost() throws Exception {
        People people = People.of(PEOPLE);
        LostAnswers faults = new LostAnswers(SEED, 0.1, 0.01);
        try (ScriptedSink sink = new ScriptedSink().quiet().delayingDot(Duration.ofMillis(20)).start();
                ConfigurableApplicationContext application = application(faults, sink)) {
            JdbcClient jdbc = application.getBean(JdbcClient.class);
            drop("spring.html", People.html());
            drop("spring.csv", people.csv());
            drop("spring.campaign.yaml", People.campaign("spring", "hold"));

            await().atMost(Duration.ofMinutes(1)).until(() -> sink.takenCount() > 0);
            faults.begin();
            await().atMost(Duration.ofMinutes(3)).ignoreExceptions().until(() -> unfinished(jdbc) == 0);
            faults.end();

            System.out.printf("LostAnswersIT seed=%d lost %s%n", SEED, new TreeMap<>(faults.lost()));
            await().until(() -> sink.openData() == 0);
            assertThat(sink.taken().stream().map(ScriptedSink.Taken::recipient))
                    .containsExactlyInAnyOrderElementsOf(people.addresses());
            assertThat(jdbc.sql("select state, count(*) from delivery group by state")
                    .query((rs, _) -> Map.entry(rs.getString(1), rs.getInt(2))).list())
                    .containsExactly(Map.entry("accepted", PEOPLE));
            assertThat(jdbc.sql("select count(*) from batch where state = 'open'").query(Long.class).single()).isZero();
            assertThat(jdbc.sql("select count(*) from evidence").query(Long.class).single())
                    .as("the same result told twice proves nothing").isZero();
            assertThat(faults.lost()).containsKeys("pump commit", "recorder commit");
        }
    }

    private static long unfinished(JdbcClient jdbc) {
        return jdbc.sql("select coalesce(sum(n), 1) from run_count where state in ('pending', 'sending', 'deferred')")
                .query(Long.class).single();
    }

    private void drop(String name, String text) throws Exception {
        Path drop = Files.createDirectories(folder.resolve("drop"));
        Files.writeString(drop.resolve(name + ".part"), text);
        Files.move(drop.resolve(name + ".part"), drop.resolve(name));
    }

    private ConfigurableApplicationContext application(LostAnswers faults, ScriptedSink sink) {
        TestDatabase.Address schema = TestDatabase.freshSchema();
        return new SpringApplicationBuilder(Application.class)
                .initializers(context -> ((GenericApplicationContext) context).registerBean(LostAnswers.class,
                        () -> faults))
                .run("--caravan.data=" + folder, "--server.port=0", "--caravan.mode=production",
                        "--caravan.relays.sink.uri=smtp://127.0.0.1:" + sink.port() + "?tls=none",
                        "--caravan.routing.default=relay:sink", "--caravan.batches.size=40", "--caravan.queue=40",
                        "--caravan.database.url=" + schema.url(), "--caravan.database.username=" + schema.username(),
                        "--caravan.database.password=" + schema.password());
    }
}
