package io.caravan.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What keeps a server from starting is one sentence that says what to do, and an exit code that is not 0. */
class StartIT {

    @TempDir
    private Path data;

    @Test
    void aSecondServerOnTheFolderIsRefusedAndTheFirstGoesOn() {
        try (Server first = Server.on(data).start()) {
            assertRefused(first.verb("serve"), data.toString());

            assertThat(first.http("GET", "/actuator/health/readiness", "").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aTakenPortIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Server.Said said = Server.embedded(data).verbWith("--server.port=" + taken.getLocalPort(), "serve");

            assertRefused(said, "port " + taken.getLocalPort() + " is taken");
            assertThat(data.resolve("db/data")).doesNotExist();
        }
    }

    @Test
    void anUnknownKeyAndAModeWithoutAWayOutAreNamed() {
        assertRefused(Server.embedded(data, "caravan.mdoe=production").verb("serve"), "caravan.mdoe", "caravan.mode");
        assertRefused(Server.embedded(data, "caravan.routing.default=relay:gone").verb("serve"), "caravan.relays");
        assertThat(data.resolve("db/data")).doesNotExist();
    }

    @Test
    void aFolderThatCannotBeUsedIsNamed() throws IOException {
        Path file = Files.writeString(data.resolve("file"), "not a folder");
        assertRefused(Server.embedded(file.resolve("data")).verb("serve"), file.toString());
        Path closed = Files.createDirectory(data.resolve("closed"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-x------")));
        if (!Files.isWritable(closed)) { // root writes where nobody may
            assertRefused(Server.embedded(closed.resolve("data")).verb("serve"), closed.toString());
        }
    }

    private static void assertRefused(Server.Said said, String... words) {
        assertThat(said.exit()).as(said.err()).isPositive();
        assertThat(said.err().strip()).as("one sentence").startsWith("caravan: ").hasLineCount(1).contains(words)
                .doesNotContain("Exception");
        assertThat(said.out()).isEmpty();
    }
}
