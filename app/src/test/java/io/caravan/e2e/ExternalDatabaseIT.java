package io.caravan.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.transport.ScriptedSink;

import static org.assertj.core.api.Assertions.assertThat;

/** The same job on a database server that is named by its URL. */
class ExternalDatabaseIT {

    @TempDir
    private Path data;

    @Test
    void theMainJobIsTheSame() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().quiet().start();
                Server server = Server.on(data, Server.relays("main", sink.port())).start()) {
            MainJob job = new MainJob(server, sink, 2_000);

            job.isDone();

            job.allAgree();
            job.againDoesNothing();
            assertThat(Files.list(data.resolve("db"))).as("no server of its own").noneMatch(Files::isDirectory);
        }
    }
}
