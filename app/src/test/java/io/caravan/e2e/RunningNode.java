package io.caravan.e2e;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.springframework.context.ConfigurableApplicationContext;

import io.caravan.Application;
import io.caravan.TestDatabase;
import io.caravan.config.Starter;

/** The whole application in this process, on a data folder and a schema that outlive it. */
final class RunningNode {

    private RunningNode() {
    }

    static TestDatabase.Address schema() {
        return TestDatabase.freshSchema();
    }

    static ConfigurableApplicationContext start(Path data, TestDatabase.Address schema, String... more) {
        List<String> settings = Stream.concat(
                Stream.of("--caravan.data=" + data, "--server.port=0", "--caravan.database.url=" + schema.url(),
                        "--caravan.database.username=" + schema.username(),
                        "--caravan.database.password=" + schema.password()),
                Stream.of(more)).toList();
        return new Starter(Application.class, (_, _, _) -> List.of()).application(settings, true);
    }
}
