package io.caravan.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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

    /**
     * Two relays share a campaign three to one, each at a rate of its own. The large one falls in the middle of it: what it had taken it has,
     * what it had not goes by the other one at the other one's rate, and a campaign on a third relay does not notice.
     */
    @Test
    void aRelayThatFallsInTheMiddleOfARunLosesNothingAndSlowsNobodyElse() throws IOException {
        int rate = 40;
        try (ScriptedSink small = new ScriptedSink().quiet().start();
                ScriptedSink apart = new ScriptedSink().quiet().start();
                ScriptedSink large = new ScriptedSink().quiet().start();
                Server server = Server
                        .on(data, Server.relays("large", large.port(), "small", small.port(), "apart", apart.port()))
                        .with("caravan.waits.relay-rest=60s", "caravan.retry.first=1s",
                                "caravan.relays.small.rate=" + rate + "/s", "caravan.relays.apart.rate=" + rate + "/s",
                                "caravan.routing.domains.[shared.example]=relay:large*3,relay:small*1",
                                "caravan.routing.domains.[apart.example]=relay:apart")
                        .start()) {
            server.campaign("apart", Server.people(10 * rate, "apart.example"));
            server.campaign("shared", Server.people(PEOPLE, "shared.example"));
            await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(5))
                    .until(() -> large.takenCount() >= PEOPLE / 5);
            large.close();
            Instant fell = Instant.now();
            int had = large.takenCount();
            int other = small.takenCount();
            assertThat(had).as("three of four").isBetween(2 * other, 5 * other);

            server.awaitRun("shared", RunState.FINISHED);
            server.awaitRun("apart", RunState.FINISHED);

            assertThat(had).as("it fell on the way").isLessThan(PEOPLE * 3 / 4);
            List<Taken> taken = new ArrayList<>(large.taken());
            taken.addAll(small.taken());
            assertThat(taken.stream().map(Taken::recipient)).doesNotHaveDuplicates();
            Map<RowState, Long> counts = server.counts("shared");
            long doubtful = counts.getOrDefault(RowState.IN_DOUBT, 0L);
            assertThat(doubtful).as("behind a dot as it fell").isLessThanOrEqualTo(4);
            assertThat(counts.get(RowState.ACCEPTED) + doubtful).isEqualTo(PEOPLE);
            assertThat(taken.size()).isBetween((int) (PEOPLE - doubtful), PEOPLE);
            PacingIT.assertHolds(rate, small.taken().stream().filter(mail -> mail.at().isBefore(fell)).toList());
            PacingIT.assertHolds(rate, small.taken().stream() // what was on the road to the other one came at once
                    .filter(mail -> mail.at().isAfter(fell.plusSeconds(2))).toList());
            List<Instant> times = apart.taken().stream().map(Taken::at).sorted().toList();
            double seconds = Duration.between(times.getFirst(), times.getLast()).toMillis() / 1000.0;
            assertThat((times.size() - rate) / seconds / rate).as("of its rate").isGreaterThan(0.95);
        }
    }

    private static int nobody() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }
}
