package io.caravan.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class EmbeddedDatabaseTest {

    private static final Path SERVERS = Path.of("target/test-db").toAbsolutePath();

    @TempDir
    Path folder;

    @Test
    void keepsCommittedRowsBetweenStarts() throws Exception {
        EmbeddedDatabase first = EmbeddedDatabase.start(settings("server"));
        first.announce();
        write(first, 1);

        first.close();
        try (EmbeddedDatabase second = EmbeddedDatabase.start(settings("server"))) {
            assertThat(rows(second.address())).isEqualTo(1);
            assertThat(second.address().password()).isNotEqualTo(first.address().password());
        }

        assertThat(folder.resolve("data/keys/database")).doesNotExist();
        assertThat(ProcessHandle.of(first.pid())).isEmpty();
    }

    /** Each server that starts on the same folder removes them. */
    @Test
    void leavesTheTemporaryTablesOfOtherServersAlone() throws Exception {
        Path common = Path.of(System.getenv().getOrDefault("TMPDIR", "/tmp"));
        Path ofAnother = Files.createFile(
                common.resolve("#sql-temptable-caravan-test-" + ProcessHandle.current().pid() + ".MAI"));
        try {
            EmbeddedDatabase.start(settings("server")).close();

            assertThat(ofAnother).exists();
        } finally {
            Files.deleteIfExists(ofAnother);
        }
    }

    @Test
    void saysAtTheFirstStartWhatTakesItsTimeAndNeverAgain() {
        Logger logger = (Logger) LoggerFactory.getLogger("io.caravan.config");
        ListAppender<ILoggingEvent> heard = new ListAppender<>();
        heard.start();
        Level before = logger.getLevel();
        logger.setLevel(Level.INFO); // others in this process may have made it quieter
        logger.addAppender(heard);
        try {
            EmbeddedDatabase.start(settings("server")).close();
            EmbeddedDatabase.start(settings("server")).close();
        } finally {
            logger.detachAppender(heard);
            logger.setLevel(before);
        }

        List<String> said = heard.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
        assertThat(said).filteredOn(line -> line.startsWith("event=database-installing")).hasSize(1);
        assertThat(said.getFirst()).matches("event=database-(unpacking|installing) .*");
        assertThat(said).filteredOn(line -> line.startsWith("event=database-started")).hasSize(2);
    }

    @Test
    void comesBackOnTheSameAddressAfterItsProcessIsKilled() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(settings("server"))) {
            write(database, 7);
            long before = database.pid();

            ProcessHandle.of(before).orElseThrow().destroyForcibly();

            await().atMost(Duration.ofSeconds(10)).until(() -> database.pid() != before);
            assertThat(rows(database.address())).isEqualTo(1);
        }
    }

    @Test
    void refusesASecondServerOnTheSameFolderAndLeavesTheFirstAlone() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(settings("server"))) {
            write(database, 1);

            assertThatThrownBy(() -> EmbeddedDatabase.start(settings("server"))).isInstanceOf(FolderInUse.class)
                    .hasMessageContaining("another Caravan").hasMessageContaining("--caravan.data=DIR");

            assertThat(EmbeddedDatabase.served(new DataFolder(folder.resolve("data")))).isTrue();
            assertThat(rows(database.address())).isEqualTo(1);
        }
    }

    @Test
    void anotherProcessSeesTheLock() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(settings("server"))) {
            write(database, 1);
            EmbeddedDatabase.served(new DataFolder(folder.resolve("data")));

            int taken = new ProcessBuilder("python3", "-c", """
                    import fcntl, sys
                    try:
                        fcntl.lockf(open(sys.argv[1], 'r+'), fcntl.LOCK_EX | fcntl.LOCK_NB)
                    except OSError:
                        sys.exit(3)
                    """, folder.resolve("data/db/lock").toString()).start().waitFor();

            assertThat(taken).isEqualTo(3);
        }
    }

    @Test
    void stopsTheServerThatAKilledApplicationLeft() throws Exception {
        EmbeddedDatabase first = EmbeddedDatabase.start(settings("server"));
        write(first, 1);
        long left = first.pid();
        first.abandon();

        try (EmbeddedDatabase second = EmbeddedDatabase.start(settings("server"))) {
            assertThat(rows(second.address())).isEqualTo(1);
        }

        assertThat(ProcessHandle.of(left).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void writesItsAddressForVerbsAndNobodyElse() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(settings("verb"))) {
            Path file = folder.resolve("data/keys/database");
            assertThat(file).doesNotExist();

            database.announce();
            EmbeddedDatabase.Address read = EmbeddedDatabase.Address.read(new DataFolder(folder.resolve("data")));

            assertThat(read).isEqualTo(database.address());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("data"))))
                    .isEqualTo("rwx------");
            assertThat(read.url()).startsWith("jdbc:mariadb://127.0.0.1:");
        }
    }

    @Test
    void isDurableUtf8AndInUtc() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(settings("server"));
                Connection connection = connect(database.address())) {

            ResultSet seen = connection.createStatement().executeQuery(
                    "select @@innodb_flush_log_at_trx_commit, @@global.time_zone, @@collation_database, @@bind_address, @@port");

            seen.next();
            assertThat(seen.getInt(1)).isEqualTo(1);
            assertThat(seen.getString(2)).isEqualTo("+00:00");
            assertThat(seen.getString(3)).isEqualTo("utf8mb4_nopad_bin");
            assertThat(seen.getString(4)).isEqualTo("127.0.0.1");
        }
    }

    @Test
    void refusesFilesOfANewerServer() throws Exception {
        EmbeddedDatabase.start(settings("server")).close();
        Files.writeString(folder.resolve("data/db/version"), "99.1.2\n");

        assertThatThrownBy(() -> EmbeddedDatabase.start(settings("server"))).isInstanceOf(StartRefused.class)
                .hasMessageContaining("99.1.2").hasMessageContaining("backup");
    }

    @Test
    void takesFilesOfAnOlderServerAndNotesTheNewVersion() throws Exception {
        EmbeddedDatabase.start(settings("server")).close();
        Files.writeString(folder.resolve("data/db/version"), "10.11.2\n");

        try (EmbeddedDatabase database = EmbeddedDatabase.start(settings("server"))) {
            assertThat(Files.readString(folder.resolve("data/db/version"))).startsWith(database.version().toString());
        }
    }

    @Test
    void runsAnInstalledServerByItsPath() throws Exception {
        Path packed = ServerBinaries.packed(SERVERS).server();
        DataFolder data = new DataFolder(folder.resolve("data"));

        try (EmbeddedDatabase database = EmbeddedDatabase
                .start(new EmbeddedDatabase.Settings(data, folder.resolve("none"), packed,
                        DataSize.ofMegabytes(32), DataSize.ofMegabytes(16), "server"))) {
            write(database, 1);
            assertThat(rows(database.address())).isEqualTo(1);
        }

        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void refusesAServerThatIsNone() {
        assertThatThrownBy(() -> ServerBinaries.installed(Path.of("/bin/ls"))).isInstanceOf(StartRefused.class)
                .hasMessageContaining("MariaDB");
        assertThatThrownBy(() -> ServerBinaries.installed(Path.of("/no/such/mariadbd")))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("/no/such/mariadbd");
    }

    @Test
    void saysInOneSentenceThatAFolderCannotBeUsed() throws Exception {
        Path file = Files.writeString(folder.resolve("data"), "a file, no folder");

        assertThatThrownBy(() -> EmbeddedDatabase.start(settings("server"))).isInstanceOf(StartRefused.class)
                .hasMessageContaining(file.toString()).hasMessageContaining("--caravan.data=DIR").message()
                .doesNotContain("\n");
    }

    private EmbeddedDatabase.Settings settings(String holder) {
        return new EmbeddedDatabase.Settings(new DataFolder(folder.resolve("data")), SERVERS, null,
                DataSize.ofMegabytes(32),
                DataSize.ofMegabytes(16), holder);
    }

    private static void write(EmbeddedDatabase database, int value) throws SQLException {
        try (Connection connection = connect(database.address())) {
            connection.createStatement().execute("create table if not exists kept (n int) engine = InnoDB");
            connection.createStatement().execute("insert into kept values (" + value + ")");
        }
    }

    private static int rows(EmbeddedDatabase.Address address) throws SQLException {
        try (Connection connection = connect(address)) {
            ResultSet count = connection.createStatement().executeQuery("select count(*) from kept");
            count.next();
            return count.getInt(1);
        }
    }

    private static Connection connect(EmbeddedDatabase.Address address) throws SQLException {
        return DriverManager.getConnection(address.url(), address.username(), address.password());
    }
}
