package io.caravan.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.flow.Housekeeping;
import io.caravan.nodes.Node;
import io.caravan.nodes.Nodes;
import io.caravan.nodes.Turns;

import static org.assertj.core.api.Assertions.assertThat;

/** What is older than caravan.retention says goes, and what is younger stays. */
class HousekeepingTest {

    @TempDir
    Path data;
    private JdbcClient jdbc;

    @Test
    void removesWhatIsOldOnOneNodeAtATime() throws Exception {
        try (ConfigurableApplicationContext node = RunningNode.start(data, RunningNode.schema(),
                "--caravan.routes=" + onlyWhenAsked())) {
            jdbc = node.getBean(JdbcClient.class);
            Housekeeping housekeeping = node.getBean(Housekeeping.class);
            mail(1, "6 day");
            mail(2, "8 day");
            run(1, "finished", "399 day");
            run(2, "finished", "401 day");
            run(3, "cancelled", "401 day");
            run(4, "running", null);
            Path young = put(29);
            Path old = put(31);
            Node other = node.getBean(Nodes.class).start("another", "host", "boot");
            node.getBean(Nodes.class).renew(other, Duration.ofMinutes(1));
            node.getBean(Turns.class).take(other, "housekeeping");

            housekeeping.sweep();
            assertThat(rows("mailbox_message")).isEqualTo(2);
            node.getBean(Turns.class).giveBack(other, "housekeeping");
            housekeeping.sweep();

            assertThat(jdbc.sql("select n from mailbox_message").query(Integer.class).list()).containsExactly(1);
            assertThat(rows("mailbox_source")).isEqualTo(1);
            assertThat(jdbc.sql("select run_id from delivery order by run_id").query(Integer.class).list())
                    .containsExactly(1, 4);
            assertThat(rows("run")).as("a campaign must know that it has had its run").isEqualTo(4);
            assertThat(young).exists();
            assertThat(old.getParent()).doesNotExist();
            assertThat(rows("turn")).isZero();
        }
    }

    /** The shipped route sweeps at a start, which might be now or a moment later. */
    private Path onlyWhenAsked() throws Exception {
        Path folder = Files.createDirectories(data.resolve("routes"));
        Files.writeString(folder.resolve("80-housekeeping.camel.yaml"), """
                - route:
                    id: remove-what-is-old
                    description: When somebody asks
                    routeConfigurationId: give-back
                    from:
                      uri: direct:sweep
                      steps:
                        - bean:
                            ref: housekeeping
                            method: sweep
                """);
        return folder;
    }

    private void mail(int n, String age) {
        jdbc.sql("""
                insert into mailbox_message (run_id, n, sender, recipient, from_header, subject, message_id, size, received_at)
                values (1, :n, '', 'ana@example.org', 'Shop', 'Hi', '<1@x>', 1, now(6) - interval %s)""".formatted(age))
                .param("n", n).update();
        jdbc.sql("insert into mailbox_source (message_id, source) select id, 'x' from mailbox_message where n = :n")
                .param("n", n).update();
    }

    private void run(int id, String state, String age) {
        jdbc.sql("""
                insert into run (id, campaign_id, number, version, kind, state, scheduled_for, opened_at, finished_at)
                values (:id, 77, :id, 1, 'first', :state, now(6) + interval :id second, now(6), %s)"""
                .formatted(age == null ? "null" : "now(6) - interval " + age)).param("id", id).param("state", state)
                .update();
        jdbc.sql("insert into delivery (run_id, n, contact_id, contact_version, address, domain, lane_id, state)"
                + " values (:id, 1, 1, 1, 'ana@example.org', 'example.org', 1, 'accepted')").param("id", id).update();
        jdbc.sql("insert into run_count (run_id, state, n) values (:id, 'accepted', 1), (:id, 'pending', :open)")
                .param("id", id).param("open", age == null ? 1 : 0).update();
    }

    private Path put(int daysAgo) throws Exception {
        Path file = data.resolve("drop/done/" + LocalDate.now(ZoneOffset.UTC).minusDays(daysAgo) + "/a.csv");
        Files.createDirectories(file.getParent());
        return Files.writeString(file, "email\n");
    }

    private long rows(String table) {
        return jdbc.sql("select count(*) from " + table).query(Long.class).single();
    }
}
