package io.caravan.e2e;

import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.transport.ScriptedSink;

/** 20,000 rows with doubles, invalid, excluded and suppressed ones, on the embedded database, in production mode. */
class MainJobIT {

    @TempDir
    private Path data;

    @Test
    void everyGoodAddressGetsOneMailAndEveryRowIsExplained() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().quiet().start();
                Server server = Server.embedded(data, Server.relays("main", sink.port())).start()) {
            MainJob job = new MainJob(server, sink, 20_000);

            job.isDone();

            job.allAgree();
            job.againDoesNothing();
        }
    }
}
