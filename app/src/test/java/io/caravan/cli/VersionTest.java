package io.caravan.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class VersionTest {

    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    Path folder;

    @Test
    void saysTheCommitThatTheBuildWasTold() throws IOException {
        write(".git/HEAD", "f".repeat(40));

        assertThat(Version.commit(COMMIT, folder)).isEqualTo("0123456789ab");
    }

    @Test
    void findsTheCommitOfItsOwnCheckoutPackedOrNot() throws IOException {
        write("app/src/main/java/io/caravan/cli/Version.java", "");
        write(".git/HEAD", "ref: refs/heads/main\n");
        write(".git/packed-refs", "# pack-refs\n" + COMMIT + " refs/heads/main\n");
        assertThat(Version.commit("unknown", folder)).isEqualTo("0123456789ab");

        write(".git/refs/heads/main", "f".repeat(40) + "\n");

        assertThat(Version.commit("unknown", folder)).isEqualTo("ffffffffffff");
    }

    @Test
    void doesNotTakeAnotherProjectsCommitForItsOwn() throws IOException {
        write(".git/HEAD", COMMIT);

        assertThat(Version.commit("unknown", folder)).isEqualTo("unknown");
    }

    private void write(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
