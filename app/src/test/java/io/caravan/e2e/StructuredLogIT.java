package io.caravan.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import io.caravan.Application;
import io.caravan.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Spring Boot's own switch makes the log one JSON object a line, on standard error, in a process of its own. */
class StructuredLogIT {

    @TempDir
    private Path data;

    @Test
    void logsAreJsonWhenBootIsToldSo() throws Exception {
        Path log = data.resolve("log");
        TestDatabase.Address schema = TestDatabase.freshSchema();
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-Xmx384m", "-XX:TieredStopAtLevel=1", "-cp", classPath(),
                Application.class.getName(), "serve", "--caravan.data=" + data.resolve("data"), "--server.port=0",
                "--caravan.database.url=" + schema.url(), "--caravan.database.username=" + schema.username(),
                "--caravan.database.password=" + schema.password(), "--logging.structured.format.console=ecs")
                .redirectError(log.toFile()).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try {
            await().atMost(Duration.ofSeconds(120)).until(
                    () -> !process.isAlive() || Files.readString(log).contains("event=node-started"));
        } finally {
            process.destroy();
            process.waitFor(40, TimeUnit.SECONDS);
        }

        List<String> lines = Files.readAllLines(log).stream().filter(line -> line.startsWith("{")).toList();
        assertThat(lines).as(Files.readString(log)).isNotEmpty();
        JsonNode started = lines.stream().map(Programs.JSON::readTree)
                .filter(line -> line.get("message").asString().startsWith("event=node-started")).findFirst()
                .orElseThrow();
        assertThat(Instant.parse(started.get("@timestamp").asString())).isNotNull();
        assertThat(started.get("log").get("level").asString()).isEqualTo("INFO");
        assertThat(started.get("service").get("name").asString()).isEqualTo("caravan");
    }

    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
                .filter(entry -> !entry.contains("test-classes"))
                .collect(Collectors.joining(java.io.File.pathSeparator));
    }
}
