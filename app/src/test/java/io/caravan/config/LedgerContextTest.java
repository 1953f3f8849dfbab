package io.caravan.config;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.unit.DataSize;

import io.caravan.TestDatabase;
import io.caravan.cli.Launcher;
import io.caravan.nodes.Nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

class LedgerContextTest {

    private final Launcher starter = new Starter(LedgerContext.class, (paths, environment, notes) -> List.of());

    @TempDir
    Path folder;

    @Test
    void poolsAreInUtcStrictAndReadCommitted() {
        try (ConfigurableApplicationContext ledgers = starter.ledgers(external())) {
            JdbcClient jdbc = ledgers.getBean(JdbcClient.class);

            assertThat(jdbc.sql("select @@time_zone").query(String.class).single()).isEqualTo("+00:00");
            assertThat(jdbc.sql("select @@tx_isolation").query(String.class).single()).isEqualTo("READ-COMMITTED");
            assertThat(jdbc.sql("select @@idle_transaction_timeout").query(Integer.class).single()).isEqualTo(20);
            assertThat(jdbc.sql("select @@sql_mode").query(String.class).single()).contains("STRICT_ALL_TABLES");
            assertThat(ledgers.getBean(Nodes.class).installation()).hasSize(36);
        }
    }

    /** As a process that is stopped, or a machine that sleeps, within a transaction: its connection stays, and nobody speaks on it. */
    @Test
    void whoFreezesWithinATransactionLosesItAndHoldsUpNobody() throws SQLException {
        try (ConfigurableApplicationContext ledgers = starter.ledgers(external());
                Connection frozen = ledgers.getBean(DataSource.class).getConnection()) {
            JdbcClient others = ledgers.getBean(JdbcClient.class);
            frozen.setAutoCommit(false);
            frozen.createStatement().execute("set idle_transaction_timeout = 1"); // in place of 20
            frozen.createStatement().executeUpdate("update installation set id = id, secret_sha256 = 'frozen'");

            int changed = others.sql("update installation set secret_sha256 = 'awake'").update();

            assertThat(changed).as("waited for the lock for a second").isEqualTo(1);
            assertThat(others.sql("select secret_sha256 from installation").query(String.class).single())
                    .isEqualTo("awake");
            assertThat(catchThrowable(frozen::commit)).isInstanceOf(SQLException.class);
        }
    }

    @Test
    void refusesASchemaOfANewerVersionInOneSentence() {
        List<String> arguments = external();
        try (ConfigurableApplicationContext ledgers = starter.ledgers(arguments)) {
            ledgers.getBean(JdbcClient.class).sql("""
                    insert into flyway_schema_history (installed_rank, version, description, type, script, checksum, installed_by,
                    execution_time, success) values (1000, '999', 'future', 'SQL', 'V999__future.sql', 1, 'x', 1, 1)""")
                    .update();
        }

        Throwable refused = catchThrowable(() -> starter.ledgers(arguments).getBean(Nodes.class));

        Launcher.Failure failure = starter.explain(refused);
        assertThat(failure.sentence()).contains("999").contains("newer Caravan").doesNotContain("\n");
        assertThat(failure.exitCode()).isNotZero();
    }

    @Test
    void refusesASchemaThatSomebodyElseMade() {
        List<String> arguments = external();
        try (ConfigurableApplicationContext ledgers = starter.ledgers(arguments)) {
            ledgers.getBean(JdbcClient.class).sql("update flyway_schema_history set checksum = 5 where version = '003'")
                    .update();
        }

        Throwable refused = catchThrowable(() -> starter.ledgers(arguments).getBean(Nodes.class));

        assertThat(starter.explain(refused).sentence()).contains("003").contains("empty schema").doesNotContain("\n");
    }

    @Test
    void saysInOneSentenceThatADatabaseCannotBeReached() throws IOException {
        int closed;
        try (ServerSocket socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }

        Throwable refused = catchThrowable(() -> starter.ledgers(List.of("--caravan.data=" + folder,
                "--caravan.database.url=jdbc:mariadb://127.0.0.1:" + closed + "/x")).getBean(DataSource.class));

        assertThat(starter.explain(refused).sentence()).contains("127.0.0.1:" + closed).contains("caravan.database.url")
                .doesNotContain("\n");
    }

    @Test
    void aVerbWorksOnTheDatabaseOfTheRunningServerAndLeavesItRunning() {
        Path servers = Path.of("target/test-db").toAbsolutePath();
        DataFolder data = new DataFolder(folder.resolve("data"));
        try (EmbeddedDatabase server = EmbeddedDatabase
                .start(new EmbeddedDatabase.Settings(data, servers, null, DataSize.ofMegabytes(32),
                        DataSize.ofMegabytes(16), "server"))) {
            server.announce();
            long pid = server.pid();

            try (ConfigurableApplicationContext ledgers = starter.ledgers(List.of("--caravan.data=" + data.root()))) {
                assertThat(ledgers.getBean(JdbcClient.class).sql("select @@port").query(Integer.class).single())
                        .isEqualTo(Integer.parseInt(server.address().url().replaceAll(".*:(\\d+)/.*", "$1")));
            }

            assertThat(ProcessHandle.of(pid).map(ProcessHandle::isAlive)).contains(true);
            Throwable second = catchThrowable(
                    () -> starter.application(List.of("--caravan.data=" + data.root()), true));
            assertThat(starter.explain(second).sentence()).contains("another Caravan").doesNotContain("\n");
            assertThat(starter.explain(second).exitCode()).isEqualTo(2);
        }
    }

    @Test
    void aVerbWithoutAServerStartsTheDatabaseAndStopsIt() throws IOException {
        Path data = folder.resolve("alone");
        DataFolder made = new DataFolder(data).prepare();
        // the programs are unpacked already: a link saves the seconds
        Path servers = Path.of("target/test-db").toAbsolutePath();
        ServerBinaries packed = ServerBinaries.packed(servers);
        Files.createSymbolicLink(made.db().resolve("server-" + packed.version()), packed.base());

        try (ConfigurableApplicationContext ledgers = starter
                .ledgers(List.of("--caravan.data=" + data, "--caravan.database.buffer-pool=32MB",
                        "--caravan.database.log-size=16MB"))) {
            assertThat(ledgers.getBean(Nodes.class).list()).isEmpty();
            assertThat(data.resolve("keys/database")).exists();
        }

        assertThat(data.resolve("keys/database")).doesNotExist();
        assertThat(EmbeddedDatabase.served(made)).isFalse();
    }

    @Test
    void refusesATakenPortBeforeAnythingIsStarted() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            Throwable refused = catchThrowable(() -> starter.application(
                    List.of("--caravan.data=" + folder.resolve("p"), "--server.port=" + taken.getLocalPort()), true));

            assertThat(starter.explain(catchThrowable(() -> starter.application(
                    List.of("--caravan.data=" + folder.resolve("p"), "--server.port=abc"), true))).sentence())
                    .isEqualTo("server.port=abc is no port: write a number up to 65535");
            assertThat(catchThrowable(
                    () -> Checking.problems(List.of(), Settings.environment(List.of("--server.port=70000")))))
                    .hasMessageContaining("server.port=70000 is no port");
            assertThat(starter.explain(refused).sentence()).contains("port " + taken.getLocalPort() + " is taken")
                    .contains("--server.port=PORT").doesNotContain("\n");
            assertThat(folder.resolve("p/db/data")).doesNotExist();
        }
    }

    private List<String> external() {
        TestDatabase.Address schema = TestDatabase.freshSchema();
        return List.of("--caravan.data=" + folder.resolve("external"), "--caravan.database.url=" + schema.url(),
                "--caravan.database.username=" + schema.username(), "--caravan.database.password=" + schema.password());
    }
}
