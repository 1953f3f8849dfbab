package io.caravan.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.delivery.LedgerRow;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.transport.LocalDns;
import io.caravan.transport.ScriptedSink;

import static org.assertj.core.api.Assertions.assertThat;

/** Mail whose relay or provider stays dead expires in its time, though only some of it could be tried; days are seconds. */
class OutageIT {

    private static final int PEOPLE = 600;
    private static final String[] SHORT = {"caravan.waits.relay-rest=1s", "caravan.retry.first=1s",
            "caravan.retry.max-interval=2s", "caravan.retry.expire=12s"};

    @TempDir
    private Path data;

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    @Test
    void whatARelayDidNotTakeInItsTimeExpiresAndLaterMailHasItsOwnTime() throws IOException {
        int port = freePort();
        try (ScriptedSink main = new ScriptedSink().quiet();
                Server server = Server.on(data, Server.relays("main", port)).with(SHORT).start()) {
            server.campaign("old", Server.people(PEOPLE, "a.example"));
            server.awaitRun("old", RunState.FINISHED);

            assertThat(server.counts("old")).isEqualTo(Map.of(RowState.EXPIRED, (long) PEOPLE));
            assertThat(server.ledger("old")).filteredOn(row -> row.attempts() == 0).hasSizeGreaterThan(PEOPLE / 2)
                    .allSatisfy(row -> assertThat(row.reason()).startsWith(
                            "no service for as long as a mail is tried (caravan.retry.expire): "));
            assertThat(server.sql().sql("select count(*) from outage").query(Long.class).single()).isZero();

            server.campaign("new", Server.people(PEOPLE, "a.example"));
            server.awaitRun("new", RunState.RUNNING);
            main.start(port);
            server.awaitRun("new", RunState.FINISHED);

            assertThat(server.counts("new").get(RowState.ACCEPTED)).isEqualTo(PEOPLE);
        }
    }

    /** Each is tried once, since its domain may have gone to other hosts meanwhile. */
    @Test
    void whatADeadProviderDidNotTakeExpiresUnlessItsDomainHasOtherHostsNow() throws IOException {
        int port = freePort();
        try (LocalDns dns = new LocalDns().start();
                ScriptedSink good = new ScriptedSink().quiet().start("127.0.0.2", port);
                Server server = Server
                        .on(data, "caravan.mode=production", "caravan.public-url=https://mail.shop.example",
                                "caravan.dns.servers=127.0.0.1:" + dns.port(), "caravan.mx.port=" + port,
                                "caravan.mx.special-addresses=allow")
                        .with(SHORT)) {
            dns.withMx("stays.example", 10, "mx.big.test", "127.0.0.3").withMx("goes.example", 10, "mx.other.test",
                    "127.0.0.2");
            server.start();
            server.sql().sql("insert into domain_provider values"
                    + " ('goes.example', 'big.test', 'mx.big.test', '', now(6), now(6) + interval 1 day)").update();
            server.campaign("spring", Server.people(PEOPLE, "stays.example")
                    + Server.people(PEOPLE, "goes.example").replaceFirst(".*\n", ""));
            server.awaitRun("spring", RunState.FINISHED);

            assertThat(server.ledger("spring")).filteredOn(row -> row.address().endsWith("@stays.example"))
                    .hasSize(PEOPLE).extracting(LedgerRow::state).containsOnly(RowState.EXPIRED);
            assertThat(server.counts("spring")).isEqualTo(
                    Map.of(RowState.EXPIRED, (long) PEOPLE, RowState.ACCEPTED, (long) PEOPLE));
            assertThat(good.takenCount()).isEqualTo(PEOPLE);
        }
    }
}
