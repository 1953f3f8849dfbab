package io.caravan.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.transport.LocalDns;
import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Act;
import io.caravan.transport.ScriptedSink.Verb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Two nodes send straight to a provider's hosts. It refuses every eighth: both leave it alone, and try it again with one trickle for both. */
class SharedTrickleIT {

    private static final int TRICKLE = 4; // a second
    private static final int BAD = 500; // at the rate of all, many seconds: a busy machine may notice late that it bounces
    private static final int GOOD = 100;
    private static final String LANE = "select s.state, date_format(s.since, '%Y-%m-%dT%H:%i:%s.%fZ'), s.why, l.id"
            + " from lane_state s join lane l on l.id = s.lane_id where l.provider = 'bad.test'";

    @TempDir
    Path folder;

    private final AtomicBoolean faulty = new AtomicBoolean(true);
    private final Queue<Instant> asked = new ConcurrentLinkedQueue<>();

    @Test
    void aProviderThatBouncesIsLeftAloneByBothNodesAndTheyShareTheTrickleThatHealsIt() throws Exception {
        int port = freePort();
        try (LocalDns dns = new LocalDns().start();
                ScriptedSink bad = provider().start("127.0.0.2", port);
                ScriptedSink good = new ScriptedSink().quiet().start("127.0.0.3", port)) {
            dns.withMx("bad.example", 10, "mx.bad.test", "127.0.0.2").withMx("good.example", 10, "mx.good.test",
                    "127.0.0.3");
            try (Fleet fleet = Fleet.of(2, folder, Duration.ZERO, "--caravan.dns.servers=127.0.0.1:" + dns.port(),
                    "--caravan.mx.port=" + port,
                    "--caravan.mx.special-addresses=allow", "--caravan.routing.default=mx",
                    "--caravan.pacing.overall=40/s",
                    "--caravan.breakers.bounce.minimum=40", "--caravan.breakers.bounce.wait=30m",
                    "--caravan.breakers.bounce.trickle=" + TRICKLE + "/s", "--caravan.batches.size=20")) {
                Database database = fleet.database();
                begin(fleet.node(0), "bad", BAD);
                awaitState(database, "open");
                begin(fleet.node(1), "good", GOOD);
                fleet.awaitFinished("good");
                assertThat(good.takenCount()).isEqualTo(GOOD);
                await("all that was on the road is through")
                        .until(() -> database.number("select count(*) from batch where state = 'open'") == 0);
                int before = asked.size();
                assertThat(database.runState("bad")).isEqualTo("running");

                faulty.set(false);
                database.change("update lane_state set until = utc_timestamp(6)"); // half an hour later
                Instant trickle = awaitState(database, "half_open");
                Instant healed = awaitState(database, "closed");

                List<Instant> tries = asked.stream().skip(before).toList();
                System.out.printf("SharedTrickleIT %d tries until it was well after %s%n",
                        tries.stream().filter(healed::isAfter).count(), Duration.between(trickle, healed));
                for (int i = 0; i < tries.size() && tries.get(i).isBefore(healed); i++) {
                    double seconds = Duration.between(trickle, tries.get(i)).toNanos() / 1e9;
                    assertThat(i + 1.0).as("tries in %s s", seconds).isLessThanOrEqualTo(TRICKLE * (seconds + 1) + 1);
                }
                fleet.awaitFinished("bad");
                Map<String, Long> rows = database.settledRows();
                assertThat(rows.get("accepted") + rows.get("bounced")).isEqualTo(BAD + GOOD);
                assertThat(bad.takenCount()).isEqualTo(BAD - rows.get("bounced").intValue());
                assertThat(database.number("select count(distinct node_id) from batch where settled > 0")).isEqualTo(2);
                assertThat(database.number("select count(*) from lane_state s join lane l on l.id = s.lane_id"
                        + " where l.provider = 'good.test'")).as("of the other nothing was ever decided").isZero();
            }
        }
    }

    /** When its lane came to that state. */
    private static Instant awaitState(Database database, String state) throws SQLException {
        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(database.rows(LANE)).as("%s", database.settledRows()).first()
                        .satisfies(lane -> assertThat(lane.getFirst()).isEqualTo(state)));
        return Instant.parse(database.rows(LANE).getFirst().get(1));
    }

    private ScriptedSink provider() {
        AtomicInteger recipients = new AtomicInteger();
        Act act = session -> {
            asked.add(Instant.now());
            return (faulty.get() && recipients.incrementAndGet() % 8 == 0
                    ? ScriptedSink.reply("554 5.7.1 blocked for policy reasons")
                    : ScriptedSink.honest()).at(session);
        };
        return new ScriptedSink().quiet().always(ScriptedSink.script().on(Verb.RCPT,
                Collections.nCopies(1_000, act).toArray(Act[]::new)));
    }

    private static void begin(Installation node, String name, int people) {
        node.drop(name + ".csv", Server.people(people, name + ".example"));
        node.drop(name + ".txt", "Dear [[${first_name}]], this is " + name + ".\n");
        node.drop(name + ".campaign.yaml", Server.file(name));
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress("127.0.0.1", 0));
            return probe.getLocalPort();
        }
    }
}
