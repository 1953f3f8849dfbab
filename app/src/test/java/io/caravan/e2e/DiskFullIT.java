package io.caravan.e2e;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Taken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Journal and drop folder on small disks of their own, that run full while mail goes. Mounts them, so it must run as root. */
class DiskFullIT {

    private static final int PEOPLE = 3_000;

    @TempDir
    private Path data;
    private Path journal;
    private Path drop;

    @BeforeEach
    void mount() throws Exception {
        journal = Files.createDirectories(data.resolve("journal"));
        drop = Files.createDirectories(data.resolve("drop"));
        command("mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", journal.toString());
        command("mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", drop.toString());
    }

    @AfterEach
    void unmount() throws Exception {
        command("umount", "-l", journal.toString());
        command("umount", "-l", drop.toString());
    }

    @Test
    void aFullJournalDiskStopsTheSendingLoudlyAndLosesNothing() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().quiet().start();
                Server server = Server.on(data, Server.relays("main", sink.port())).start()) {
            server.campaign("spring", Server.people(PEOPLE, "spring.example"), "rate: 500/s");
            await().atMost(Duration.ofSeconds(60)).until(() -> sink.takenCount() > 300);

            Path ballast = fill(journal);

            await().atMost(Duration.ofSeconds(60)).untilAsserted(
                    () -> assertThat(server.ledger("spring")).anySatisfy(row -> assertThat(row.reason())
                            .contains("the journal cannot be written").contains("No space left")));
            int held = sink.takenCount();
            assertThat(held).isLessThan(PEOPLE);

            Files.delete(ballast);

            server.awaitRun("spring", RunState.FINISHED);
            assertThat(server.counts("spring")).isEqualTo(Map.of(RowState.ACCEPTED, (long) PEOPLE));
            assertThat(sink.takenCount()).isEqualTo(PEOPLE);
            assertThat(new HashSet<>(sink.taken().stream().map(Taken::recipient).toList())).hasSize(PEOPLE);
        }
    }

    @Test
    void aFullDropDiskTakesNothingTwiceAndGoesOnWhenThereIsRoom() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().quiet().start();
                Server server = Server.on(data, Server.relays("main", sink.port())).start()) {
            Files.writeString(drop.resolve("people.part"), Server.people(200, "people.example"));
            Path ballast = fill(drop);
            Files.move(drop.resolve("people.part"), drop.resolve("people.csv"));
            await("it was imported, and its verdicts found no room").atMost(Duration.ofSeconds(60))
                    .until(() -> server.sql().sql("select count(*) from contact").query(Long.class).single() == 200);
            assertThat(drop.resolve("people.csv")).exists();

            Files.delete(ballast);

            assertThat(server.awaitNote("people.csv").lines()).hasSize(201);
            assertThat(server.sql().sql("select count(attributes) from contact").query(Long.class).single())
                    .isEqualTo(200);
            assertThat(server.http("GET", "/actuator/health/readiness", "").statusCode()).isEqualTo(200);
        }
    }

    private static Path fill(Path disk) throws IOException {
        Path ballast = disk.resolve(".ballast");
        try (OutputStream out = Files.newOutputStream(ballast)) {
            byte[] block = new byte[4096];
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
        return ballast;
    }

    private static void command(String... words) throws Exception {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
    }
}
