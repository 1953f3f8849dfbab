package io.caravan.e2e;

import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.mail.RunState;
import io.caravan.transport.LocalDns;
import io.caravan.transport.ScriptedSink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Connections: who is connected to, who gives no service, why and until when. */
class ConnectionsPageIT {

    @TempDir
    private Path data;

    @Test
    void showsRelaysAndProvidersWithWhatIsOpenWhoRestsWhyAndUntilWhen() throws Exception {
        int closed;
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress("127.0.0.1", 0));
            closed = probe.getLocalPort();
        }
        try (LocalDns dns = new LocalDns().start();
                ScriptedSink slow = new ScriptedSink().quiet().delayingDot(Duration.ofSeconds(1)).start();
                Server server = Server.on(data, Server.relays("main", slow.port(), "gone", 9)).with(
                        "caravan.dns.servers=127.0.0.1:" + dns.port(), "caravan.dns.timeout=1s",
                        "caravan.mx.port=" + closed,
                        "caravan.mx.special-addresses=allow", "caravan.waits.relay-rest=2m",
                        "caravan.routing.domains.[gone.example]=relay:gone",
                        "caravan.routing.domains.[dead.example]=mx").start()) {
            dns.withMx("dead.example", 10, "mx.dead.example", "127.0.0.1");
            Pages pages = Pages.of(server);
            assertThat(pages.open("/connections").text()).contains("There is no mail for any provider's own hosts",
                    "it gives service");

            server.campaign("connections-slow", Server.people(60, "slow.example"));
            server.campaign("connections-gone", Server.people(3, "gone.example"));
            server.campaign("connections-dead", Server.people(3, "dead.example"));
            Instant before = Instant.now();
            pages.untilText("#relays [data-relay=main]", "4 of 4"); // comes without a reload
            pages.untilText("#relays [data-relay=gone]", "rests");
            pages.untilText("#providers [data-provider='dead.example']", "rests");
            assertThat(pages.text("#relays [data-relay=main]")).contains("up", "127.0.0.1:" + slow.port());
            assertThat(pages.text("#relays [data-relay=gone]")).contains("127.0.0.1:9", "since", "0 of 4")
                    .containsIgnoringCase("refused");
            assertThat(pages.text("#providers [data-provider='dead.example']")).containsIgnoringCase("refused");
            for (String row : new String[]{"[data-relay=gone] td[data-label='Rests until']",
                    "[data-provider='dead.example'] td[data-label='Rests until']"}) {
                assertThat(Instant.parse(pages.find(row + " time").getDomAttribute("datetime")))
                        .isBetween(before, Instant.now().plusSeconds(121));
            }
            assertThat(pages.text("#nodes [data-node='1'] td[data-label='Connections open']")).isEqualTo("4");
            server.sql().sql("insert into node (name, host, epoch, boot_id, until, started_at)"
                    + " values (uuid(), 'other.example', 1, 'x', now(6) + interval 1 hour, now(6))").update();
            pages.open("/connections");
            assertThat(pages.text("#whose")).contains("of the node", " alone, not those of 1 more that is alive");
            assertThat(pages.text("#nodes")).contains("this one", "alive", "other.example", "on its own page");
            pages.check("/connections");
            pages.screenshots("/connections", "connections");

            var answer = new ApiCalls(server).get("/api/v1/connections").json();
            assertThat(answer.at("/relays/1/name").asString()).isEqualTo("gone");
            assertThat(answer.at("/relays/1/state").asString()).isEqualTo("rests");
            assertThat(Instant.parse(answer.at("/relays/1/rest_until").asString())).isAfter(before);
            assertThat(answer.at("/providers/0/name").asString()).isEqualTo("dead.example");
            assertThat(answer.at("/nodes/0/here").asBoolean()).isTrue();
            server.awaitRun("connections-slow", RunState.FINISHED);
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                    new ApiCalls(server).get("/api/v1/connections").json().at("/relays/0/waiting").asInt()).isZero());
        }
    }
}
