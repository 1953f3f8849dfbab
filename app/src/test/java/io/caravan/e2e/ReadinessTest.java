package io.caravan.e2e;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

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

    private static int status(HttpClient http, URI server, String probe) throws Exception {
        return http.send(HttpRequest.newBuilder(server.resolve("/actuator/health/" + probe)).build(),
                HttpResponse.BodyHandlers.discarding()).statusCode();
    }
}
