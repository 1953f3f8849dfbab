package io.caravan.e2e;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

import io.caravan.flow.NodeReport;
import io.caravan.flow.NodeSettings;
import io.caravan.nodes.Nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Who may give this node work. */
class ReadinessTest {

    @TempDir
    Path data;

    @Test
    void isReadyWhileItsLeaseIsFreshAndAliveEvenWhenItIsNot() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient();
                ConfigurableApplicationContext node = RunningNode.start(data, RunningNode.schema(),
                        "--caravan.waits.lease=2s", "--caravan.waits.lease-renew=300ms")) {
            URI server = URI.create(Files.readString(data.resolve("keys/server")).strip());
            assertThat(status(http, server, "readiness")).isEqualTo(200);

            node.getBean(Nodes.class).start(node.getBean(NodeSettings.class).name(), "elsewhere", "boot");

            await().atMost(Duration.ofSeconds(10)).until(() -> status(http, server, "readiness") == 503);
            assertThat(status(http, server, "liveness")).isEqualTo(200);
        }
    }

    /** Something that lasts, as a clock that is off, a full disk, or a database that cannot keep up. */
    @Test
    void isNotReadyWhileItsClaimsAreHeldAndIsReadyWhenTheyGoOn() throws Exception {
        AtomicReference<Duration> off = new AtomicReference<>(Duration.ZERO);
        InstantSource wrong = () -> Instant.now().plus(off.get());
        try (HttpClient http = HttpClient.newHttpClient();
                Server server = Server.on(data).with("caravan.waits.lease-renew=300ms")
                        .changing(beans -> beans.getBeanDefinition("nodeLife").getConstructorArgumentValues()
                                .addGenericArgumentValue(wrong, InstantSource.class.getName()))
                        .start()) {
            assertThat(status(http, server.base(), "readiness")).isEqualTo(200);

            off.set(Duration.ofSeconds(30));
            await().atMost(Duration.ofSeconds(20)).until(() -> status(http, server.base(), "readiness") == 503);
            await().atMost(Duration.ofSeconds(20)) // after the next renewal: until then its lease counts as slept through
                    .untilAsserted(() -> assertThat(server.bean(NodeReport.class).here().unready())
                            .contains("this node's clock is ", "s off the database's"));

            assertThat(told(http, server, server.token())).contains("this node's clock is ");
            assertThat(told(http, server, "a stranger's guess of it")).doesNotContain("clock");

            off.set(Duration.ZERO);
            await().atMost(Duration.ofSeconds(20)).until(() -> status(http, server.base(), "readiness") == 200);
        }
    }

    private static String told(HttpClient http, Server server, String token) throws Exception {
        return http.send(HttpRequest.newBuilder(server.base().resolve("/actuator/health/readiness"))
                .header("Authorization", "Bearer " + token).build(), HttpResponse.BodyHandlers.ofString()).body();
    }

    private static int status(HttpClient http, URI server, String probe) throws Exception {
        return http.send(HttpRequest.newBuilder(server.resolve("/actuator/health/" + probe)).build(),
                HttpResponse.BodyHandlers.discarding()).statusCode();
    }
}
