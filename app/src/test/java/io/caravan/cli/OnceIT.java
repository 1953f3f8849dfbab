package io.caravan.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code once} as a person runs it: the packed program, started without pages. */
class OnceIT {

    private String out = "";
    private String err = "";

    @TempDir
    Path data;
    private Path drop;

    @BeforeEach
    void aDropFolderWithACampaign() throws IOException {
        drop = Files.createDirectories(data.resolve("drop"));
        write("spring.csv", "email,first_name\nana@example.org,Ana\nbo@example.org,\nana@example.org,Ana\n");
        write("spring.txt", "Hello [[${first_name} ?: 'friend']]\n");
        write("spring.campaign.yaml", """
                name: spring
                from: "Ana's Shop <news@shop.example>"
                subject: Hello
                text: spring.txt
                schedule: {at: now}
                """);
        write("mondays.campaign.yaml", """
                name: mondays
                from: "Ana's Shop <news@shop.example>"
                subject: Hello
                text: mondays.txt
                audience: {list: spring}
                schedule: {cron: "0 0 9 ? * MON", zone: Europe/Rome}
                """);
        write("mondays.txt", "Hello\n");
    }

    @Test
    void sendsWhatIsDueSumsUpAndNamesWhatIsLater() throws Exception {
        int exit = once();

        assertThat(out).as(err).containsPattern("spring +1 +finished +2 +2 accepted")
                .containsPattern("later: mondays at 20\\d\\d-\\d\\d-\\d\\dT0[78]:00:00Z");
        assertThat(err).contains("spring.csv: list spring: 2 accepted, 1 duplicate");
        assertThat(exit).isZero();
        try (var left = Files.list(drop)) {
            assertThat(left.filter(Files::isRegularFile)).isEmpty();
        }
    }

    @Test
    void saysByItsExitThatInputWasRefused() throws Exception {
        write("broken.csv", "name\nAna\n");

        int exit = once();

        assertThat(exit).isEqualTo(2);
        assertThat(out).as(err).containsPattern("spring +1 +finished +2 +2 accepted");
        assertThat(err).contains("broken.csv has no column of addresses");
    }

    private int once() throws IOException, InterruptedException {
        TestDatabase.Address schema = TestDatabase.freshSchema();
        Process process = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1", "-jar", System.getProperty("packed.jar"), "once", "--wait=60s",
                "--caravan.data=" + data, "--caravan.database.url=" + schema.url(),
                "--caravan.database.username=" + schema.username(),
                "--caravan.database.password=" + schema.password())
                .redirectOutput(data.resolve("out").toFile()).redirectError(data.resolve("err").toFile()).start();
        int exit = process.waitFor();
        out = Files.readString(data.resolve("out"));
        err = Files.readString(data.resolve("err"));
        return exit;
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(drop.resolve(name), text);
    }
}
