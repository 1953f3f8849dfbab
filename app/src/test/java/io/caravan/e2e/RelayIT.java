package io.caravan.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.delivery.LedgerRow;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Taken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Relays that are away: the next one takes over, and where there is none the mail waits, spends no attempts, and is not lost. */
class RelayIT {

    private static final int PEOPLE = 600;

    @TempDir
    private Path data;

    @Test
    void mailWaitsForARelayThatIsDownAndTheNextOneTakesOverWhereThereIsOne() throws IOException {
        int port = nobody();
        try (ScriptedSink other = new ScriptedSink().quiet().start();
                ScriptedSink main = new ScriptedSink().quiet();
                Server server = Server.on(data, Server.relays("main", port, "other", other.port()))
                        .with("caravan.waits.relay-rest=2s", "caravan.retry.first=1s", "caravan.retry.max-interval=2s",
                                "caravan.routing.domains.[both.example]=relay:main,relay:other")
                        .start()) {
            server.campaign("lonely", Server.people(PEOPLE, "lonely.example"));
            server.awaitRun("lonely", RunState.RUNNING);
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(server.ledger("lonely"))
                    .anySatisfy(row -> assertThat(row.reason())
                            .isEqualTo("relay main is down; tried again from time to time")));
            server.campaign("both", Server.people(50, "both.example"));
            server.awaitRun("both", RunState.FINISHED);
            assertThat(server.counts("both")).isEqualTo(Map.of(RowState.ACCEPTED, 50L));
            assertThat(other.takenCount()).isEqualTo(50);
            int trials = server.ledger("lonely").stream().mapToInt(LedgerRow::attempts).sum();
            await("two trials came to nothing").atMost(Duration.ofSeconds(60)).until(() -> server.ledger("lonely")
                    .stream().mapToInt(LedgerRow::attempts).sum() >= trials + 2);
            assertThat(server.ledger("lonely")).filteredOn(row -> row.attempts() > 0)
                    .as("a row for each connection that found out, and one for each trial").hasSizeLessThan(30);
            assertThat(server.verb("campaign", "lonely").out()).contains("held      1  relay main is down");

            main.start(port);

            server.awaitRun("lonely", RunState.FINISHED);
            assertThat(server.counts("lonely")).isEqualTo(Map.of(RowState.ACCEPTED, (long) PEOPLE));
            assertThat(main.takenCount()).isEqualTo(PEOPLE);
            assertThat(new HashSet<>(main.taken().stream().map(Taken::recipient).toList())).hasSize(PEOPLE);
        }
    }

    private static int nobody() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }
}
