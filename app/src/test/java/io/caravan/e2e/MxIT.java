package io.caravan.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.delivery.LedgerRow;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.transport.LocalDns;
import io.caravan.transport.LocalDns.Fault;
import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Taken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** In production without a relay, straight to the hosts of five hundred domains: everybody once, in lanes of their providers. */
class MxIT {

    private static final int HOSTS = 20;

    @TempDir
    private Path data;

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress("127.0.0.1", 0));
            return probe.getLocalPort();
        }
    }

    private Server server(LocalDns dns, int port, String... more) {
        return Server.on(data, "caravan.mode=production", "caravan.public-url=https://mail.shop.example",
                "caravan.dns.servers=127.0.0.1:" + dns.port(), "caravan.dns.timeout=1s", "caravan.mx.port=" + port,
                "caravan.mx.special-addresses=allow")
                .with(more);
    }

    @Test
    void everybodyAtFiveHundredDomainsIsMailedOnceAndTheDeadOnesAreNamed() throws IOException {
        int port = freePort();
        List<ScriptedSink> sinks = new ArrayList<>();
        try (LocalDns dns = new LocalDns().start();
                Server server = server(dns, port, "caravan.pacing.providers.big.mx=host0.test")) {
            StringBuilder people = new StringBuilder("email,first_name\n");
            for (int i = 0; i < 500; i++) {
                dns.withMx("d" + i + ".example", 10, "mx.host" + i % HOSTS + ".test", "127.0.0." + (2 + i % HOSTS));
                for (int n = 0; n < 4; n++) {
                    people.append("p%d@d%d.example,P\n".formatted(n, i));
                }
            }
            people.append("a@nowhere.example,A\nb@nowhere.example,B\nc@null.example,C\n");
            dns.with("null.example", "MX", "0 .");
            for (int host = 0; host < HOSTS; host++) {
                sinks.add(new ScriptedSink().quiet().start("127.0.0." + (2 + host), port));
            }
            server.start();

            server.campaign("spring", people.toString());

            assertThat(server.awaitRun("spring", RunState.FINISHED).reason()).isEqualTo(
                    "3 people at 2 domains that take no mail: nowhere.example (2), null.example (1)");
            assertThat(server.counts("spring")).isEqualTo(Map.of(RowState.ACCEPTED, 2000L, RowState.BOUNCED, 3L));
            List<String> taken = sinks.stream().flatMap(sink -> sink.taken().stream()).map(Taken::recipient).toList();
            assertThat(taken).hasSize(2000);
            assertThat(new HashSet<>(taken)).hasSize(2000);
            assertThat(bounced(server)).isEqualTo(Map.of("a@nowhere.example", "hard 5.1.2", "b@nowhere.example",
                    "hard 5.1.2", "c@null.example", "hard 5.1.10"));
            assertThat(server.sql().sql("select count(*) from suppression").query(Long.class).single()).isEqualTo(3);
            assertThat(lanes(server)).hasSize(HOSTS + 1).containsEntry("big", 100L).containsEntry("host7.test", 100L)
                    .containsEntry("*", 3L);
            assertThat(server.sql().sql("select provider from domain_provider where domain = 'd40.example'")
                    .query(String.class).single()).isEqualTo("big");
        } finally {
            for (ScriptedSink sink : sinks) {
                sink.close();
            }
        }
    }

    private static Map<String, String> bounced(Server server) {
        return server.ledger("spring").stream().filter(row -> row.state() == RowState.BOUNCED)
                .collect(Collectors.toMap(LedgerRow::address, LedgerRow::reason));
    }

    private static Map<String, Long> lanes(Server server) {
        Map<String, Long> lanes = new java.util.HashMap<>();
        server.sql().sql("select l.provider, r.planned from run_lane r join lane l on l.id = r.lane_id")
                .query((rs, _) -> lanes.put(rs.getString(1), rs.getLong(2))).list();
        return lanes;
    }

    @Test
    void mailWaitsForADnsThatIsAwayAndForADeadProviderAloneAndThenGoes() throws IOException {
        int port = freePort();
        try (LocalDns dns = new LocalDns().start();
                ScriptedSink good = new ScriptedSink().quiet().start("127.0.0.2", port);
                ScriptedSink dead = new ScriptedSink().quiet();
                Server server = server(dns, port, "caravan.waits.relay-rest=2s", "caravan.retry.first=1s",
                        "caravan.retry.max-interval=2s", "caravan.relays.house.uri=smtp://relay.house.test:" + port,
                        "caravan.routing.domains.[house.example]=relay:house")) {
            dns.withMx("good.example", 10, "mx.good.example", "127.0.0.2").withMx("dead.example", 10,
                    "mx.dead.example", "127.0.0.3").failing("away.example", Fault.SERVFAIL)
                    .with("relay.house.test", "A", "127.0.0.2");
            server.start();

            server.campaign("house", Server.people(5, "house.example"));
            server.awaitRun("house", RunState.FINISHED);
            assertThat(server.counts("house")).as("the relay's name is known to our DNS server alone")
                    .isEqualTo(Map.of(RowState.ACCEPTED, 5L));

            server.campaign("dead", Server.people(1200, "dead.example"));
            server.awaitRun("dead", RunState.RUNNING);
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(server.ledger("dead"))
                    .anySatisfy(row -> assertThat(row.reason()).isEqualTo(
                            "the hosts of dead.example give no service; tried again from time to time")));
            server.campaign("away", Server.people(60, "away.example"));
            server.campaign("good", Server.people(300, "good.example"));
            server.awaitRun("away", RunState.RUNNING);
            server.awaitRun("good", RunState.FINISHED);
            assertThat(server.counts("good")).isEqualTo(Map.of(RowState.ACCEPTED, 300L));
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(server.counts("away"))
                    .containsEntry(RowState.DEFERRED, 60L));

            dns.with("away.example", "MX", "10 mx.good.example.").failing("away.example", null);
            dead.start("127.0.0.3", port);

            server.awaitRun("away", RunState.FINISHED);
            server.awaitRun("dead", RunState.FINISHED);
            assertThat(server.counts("away")).isEqualTo(Map.of(RowState.ACCEPTED, 60L));
            assertThat(server.counts("dead")).isEqualTo(Map.of(RowState.ACCEPTED, 1200L));
            assertThat(dead.taken().stream().map(Taken::recipient).distinct()).hasSize(1200);
        }
    }

    @Test
    void rowsWhoseProviderIsAnotherThanWhenTheyWerePlannedMoveToItsLaneAndCountNoAttempt() throws IOException {
        int port = freePort();
        try (LocalDns dns = new LocalDns().start();
                ScriptedSink sink = new ScriptedSink().quiet().start("127.0.0.2", port);
                Server server = server(dns, port, "caravan.pacing.providers.big.mx=new.test")) {
            dns.withMx("moved.example", 10, "mx.new.test", "127.0.0.2").with("stays.example", "MX", "10 mx.new.test.")
                    .with("few.example", "MX", "10 mx.new.test.")
                    .withMx("tiny.example", 10, "mx.tiny.test", "127.0.0.2");
            server.start();
            for (String domain : List.of("moved.example", "few.example", "tiny.example")) { // as an earlier run found it
                server.sql().sql(
                        "insert into domain_provider values (:domain, :old, 'mx.old.test', '', now(6), now(6) + interval 1 day)")
                        .param("domain", domain).param("old", "old-" + domain).update();
            }

            server.campaign("spring", Server.people(60, "moved.example") + rows(50, "stays.example")
                    + rows(4, "few.example") + rows(3, "tiny.example"));
            server.awaitRun("spring", RunState.FINISHED);

            assertThat(lanes(server)).isEqualTo(Map.of("big", 60L + 50 + 4, "*", 3L));
            assertThat(server.ledger("spring")).hasSize(117).allSatisfy(row -> {
                assertThat(row.state()).isEqualTo(RowState.ACCEPTED);
                assertThat(row.attempts()).isEqualTo(1);
            });
            assertThat(sink.taken().stream().map(Taken::recipient).distinct()).hasSize(117);
            assertThat(sink.takenCount()).isEqualTo(117);
        }
    }

    private static String rows(int count, String domain) {
        return Server.people(count, domain).lines().skip(1).map(line -> line + "\n").collect(Collectors.joining());
    }
}
