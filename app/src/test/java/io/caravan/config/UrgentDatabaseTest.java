package io.caravan.config;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.Silence;
import io.caravan.TestDatabase;
import io.caravan.delivery.ShortTurn;
import io.caravan.nodes.Node;
import io.caravan.nodes.Nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/** A server that keeps its connections and says nothing any more. */
class UrgentDatabaseTest {

    @TempDir
    Path folder;

    @Test
    void givesUpARenewalThatHangsAndComesBackWhenTheServerAnswersAgain() throws IOException {
        TestDatabase.Address schema = TestDatabase.freshSchema();
        URI there = URI.create(schema.url().substring("jdbc:".length()));
        try (Silence between = new Silence(there.getPort());
                ConfigurableApplicationContext ledgers = new Starter(LedgerContext.class, (_, _, _) -> List.of())
                        .ledgers(
                                List.of("--caravan.data=" + folder, "--caravan.waits.lease=2s",
                                        "--caravan.waits.lease-renew=500ms", "--caravan.database.url="
                                                + schema.url().replace(":" + there.getPort(), ":" + between.port()),
                                        "--caravan.database.username=" + schema.username(),
                                        "--caravan.database.password=" + schema.password()))) {
            Nodes nodes = ledgers.getBean(Nodes.class);
            Node node = nodes.start("a", "host", "boot");
            assertThat(nodes.renew(node, Duration.ofSeconds(2))).isTrue();

            between.silent = true;
            assertTimeoutPreemptively(Duration.ofSeconds(5),
                    () -> assertThatThrownBy(() -> nodes.renew(node, Duration.ofSeconds(2)))
                            .isInstanceOf(RuntimeException.class));
            between.silent = false;

            await().atMost(Duration.ofSeconds(20)).ignoreExceptions() // one that was asked for in the silence may still fail
                    .until(() -> nodes.renew(node, Duration.ofSeconds(2)));
        }
    }

    @Test
    void aShortTurnWaitsForEachAnswerAsLongAsItSaysAndAllElseAsThePoolDoes() {
        TestDatabase.Address schema = TestDatabase.freshSchema();
        try (ConfigurableApplicationContext ledgers = new Starter(LedgerContext.class, (_, _, _) -> List.of())
                .ledgers(List.of("--caravan.data=" + folder, "--caravan.database.url=" + schema.url(),
                        "--caravan.database.username=" + schema.username(),
                        "--caravan.database.password=" + schema.password()))) {
            JdbcTemplate jdbc = ledgers.getBean(JdbcTemplate.class);
            TransactionTemplate transaction = ledgers.getBean(TransactionTemplate.class);
            ConnectionCallback<String> said = connection -> connection.getNetworkTimeout() + " "
                    + connection.getAutoCommit();

            String within = ShortTurn.within(Duration.ofSeconds(7), () -> transaction.execute(_ -> jdbc.execute(said)));
            String alone = ShortTurn.within(Duration.ofSeconds(7), () -> jdbc.execute(said));

            assertThat(within).isEqualTo("7000 false");
            assertThat(alone).isEqualTo("7000 true");
            assertThat(transaction.<String>execute(_ -> jdbc.execute(said))).isEqualTo("600000 false");
            assertThat(jdbc.execute(said)).isEqualTo("600000 true");
        }
    }
}
