package io.caravan.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** The zip for a bug report holds what helps and nothing that must not leave the house, with a server and without. */
class SupportIT {

    private static final List<String> SECRETS = List.of("r3lay-pass/w0rd", "r3lay-pass%2Fw0rd", "own-r0ute-secret",
            "sh0rt",
            "t0ken-in-the-log",
            "ana.secretname");

    @TempDir
    private Path data;
    @TempDir
    private Path away;

    @Test
    void theZipHelpsAndTellsNoSecret() throws Exception {
        Path zip = away.resolve("with.zip");
        Path without = away.resolve("without.zip");
        try (Server server = Server
                .on(data, "caravan.relays.main.uri=smtp://mailer:r3lay-pass%2Fw0rd@127.0.0.1:2525?tls=none",
                        "routes.crm.api-key=own-r0ute-secret", "routes.crm.password=sh0rt",
                        "routes.crm.url=https://crm.example/?user=x&token=own-r0ute-secret")
                .start()) {
            LoggerFactory.getLogger("test").warn(
                    "to ana.secretname@private.example with Bearer t0ken-in-the-log and {} and r3lay-pass/w0rd",
                    server.token());

            Server.Said said = server.verb("support", "--to", zip.toString());

            assertThat(said.exit()).as(said.err()).isZero();
            assertThat(said.out().strip()).isEqualTo(zip.toString());
            Map<String, String> parts = read(zip);
            assertThat(parts.keySet()).containsExactlyInAnyOrder("version.txt", "configuration.txt", "disk.txt",
                    "health.json", "server-configuration.txt", "schema.txt", "threads.txt", "log.txt");
            assertThat(parts.get("version.txt")).contains("Caravan ").contains("Java 25");
            assertThat(parts.get("configuration.txt")).contains("caravan.mode = sandbox")
                    .contains("smtp://mailer:***@127.0.0.1:2525").contains("routes.crm.password = ***")
                    .contains("server.port = 0").doesNotContain("java.class.path");
            assertThat(parts.get("disk.txt")).contains("free ").contains("journal");
            assertThat(parts.get("health.json")).contains("\"status\":\"UP\"");
            assertThat(parts.get("schema.txt")).startsWith("V0");
            assertThat(parts.get("threads.txt")).contains("\"recorder\"").contains("    at ");
            assertThat(parts.get("log.txt")).contains("event=node-started")
                    .contains("to ***@private.example with bearer *** and *** and ***");
            assertNoSecret(parts);
        }
        Server.Said said = Server.embedded(data).verb("support", "--to", without.toString());

        assertThat(said.exit()).as(said.err()).isZero();
        Map<String, String> parts = read(without);
        assertThat(parts.keySet()).contains("version.txt", "configuration.txt", "disk.txt", "server.txt");
        assertThat(parts.get("server.txt")).contains("no server answered");
        assertThat(data.resolve("db/data")).as("no database was started for it").doesNotExist();
        assertNoSecret(parts);
    }

    private void assertNoSecret(Map<String, String> parts) throws IOException {
        String all = String.join("\n", parts.values());
        SECRETS.forEach(secret -> assertThat(all.contains(secret)).as(secret).isFalse());
        for (String key : List.of("token", "secret")) {
            String secret = Files.readString(data.resolve("keys").resolve(key)).strip();
            assertThat(all.contains(secret)).as("keys/" + key).isFalse();
        }
    }

    private static Map<String, String> read(Path zip) throws IOException {
        Map<String, String> parts = new TreeMap<>();
        try (InputStream in = Files.newInputStream(zip); ZipInputStream entries = new ZipInputStream(in)) {
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                parts.put(entry.getName().substring(entry.getName().indexOf('/') + 1),
                        new String(entries.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return parts;
    }
}
