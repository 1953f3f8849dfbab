package io.caravan.e2e;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

/** Pages that listen do not hold the stop of a server, which otherwise waits for what it is still answering. */
class LiveIT {

    @Test
    void listeningPagesDoNotHoldTheStop(@TempDir Path data) throws Exception {
        Server server = Server.on(data).start();
        HttpRequest listens = HttpRequest.newBuilder(URI.create(server.base() + "/live?topic=runs"))
                .header("Authorization", "Bearer " + server.token()).build();
        HttpResponse<InputStream> line = server.http.send(listens, HttpResponse.BodyHandlers.ofInputStream());
        assertThat(line.statusCode()).isEqualTo(200);
        assertThat(line.body().read()).isNotNegative(); // it has been heard

        assertTimeout(Duration.ofSeconds(10), server::close);

        line.body().close();
    }
}
