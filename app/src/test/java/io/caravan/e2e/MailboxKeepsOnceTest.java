package io.caravan.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import io.caravan.TestDatabase;
import io.caravan.campaign.Action;
import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.RunCounts;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.mailbox.Mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A crash after the mailbox kept a mail and before the ledger knew: the mail comes again, and is there once. */
class MailboxKeepsOnceTest {

    private static final int PEOPLE = 30;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path data;

    @Test
    void keepsEachMailOnceOverARestartAndAnotherForAnotherRun() throws Exception {
        TestDatabase.Address schema = RunningNode.schema();
        try (ConfigurableApplicationContext node = RunningNode.start(data, schema)) {
            JdbcClient jdbc = node.getBean(JdbcClient.class);
            jdbc.sql("create trigger unsettled before update on batch for each row if new.settled <> old.settled then"
                    + " signal sqlstate '45000' set message_text = 'the ledger is deaf'; end if").update();
            drop();
            await().atMost(PATIENCE).until(() -> node.getBean(Mailbox.class).count() == PEOPLE);
        }

        JdbcClient ledger = JdbcClient
                .create(new DriverManagerDataSource(schema.url(), schema.username(), schema.password()));
        ledger.sql("drop trigger unsettled").update();
        assertThat(ledger.sql("select distinct state from delivery").query(String.class).list())
                .containsExactly("pending");

        try (ConfigurableApplicationContext node = RunningNode.start(data, schema)) {
            Campaign campaign = node.getBean(Campaigns.class).find("spring").orElseThrow();
            Run first = node.getBean(Runs.class).latest(campaign.id()).orElseThrow();
            finished(node, first);
            assertThat(node.getBean(Mailbox.class).count()).isEqualTo(PEOPLE);

            Run again = node.getBean(Campaigns.class).act(campaign.id(), Action.START_AGAIN).opened();

            finished(node, again);
            assertThat(node.getBean(Mailbox.class).count()).isEqualTo(2 * PEOPLE);
        }
    }

    private static void finished(ConfigurableApplicationContext node, Run run) {
        await().atMost(PATIENCE).until(() -> node.getBean(Runs.class).run(run.id()).orElseThrow()
                .state() == RunState.FINISHED);
        Map<RowState, Long> counts = node.getBean(RunCounts.class).of(run.id());
        assertThat(counts).containsEntry(RowState.ACCEPTED, (long) PEOPLE);
    }

    private void drop() throws Exception {
        Path drop = data.resolve("drop");
        place(drop, "spring.html", "<p>Hello</p>");
        place(drop, "spring.csv", "email\n" + IntStream.range(0, PEOPLE).mapToObj(i -> "p" + i + "@example.org")
                .collect(Collectors.joining("\n")) + "\n");
        place(drop, "spring.campaign.yaml", """
                name: spring
                from: Shop <news@shop.example>
                subject: Hello
                html: spring.html
                audience: {csv: spring.csv}
                schedule: {at: now}
                """);
    }

    private static void place(Path folder, String name, String text) throws Exception {
        Path half = Files.writeString(folder.resolve("." + name), text);
        Files.move(half, folder.resolve(name));
    }
}
