package io.caravan.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SecretsTest {

    @TempDir
    Path folder;

    @Test
    void areMadeOnceAndKept() {
        DataFolder data = new DataFolder(folder.resolve("data")).prepare();

        Secrets made = Secrets.open(data);

        Secrets read = Secrets.open(data);
        assertThat(read.token()).isEqualTo(made.token());
        assertThat(read.secret()).isEqualTo(made.secret()).hasSize(32);
        assertThat(read.node()).isEqualTo(made.node());
        assertThat(Base64.getUrlDecoder().decode(made.token())).hasSize(32);
        assertThat(UUID.fromString(made.node())).isNotNull();
        assertThat(Secrets.open(new DataFolder(folder.resolve("other")).prepare()).token()).isNotEqualTo(made.token());
    }

    @Test
    void areForTheOwnersEyesOnly() throws Exception {
        DataFolder data = new DataFolder(folder.resolve("data")).prepare();

        Secrets.open(data);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.keys()))).isEqualTo("rwx------");
        for (String name : new String[]{"token", "secret", "node"}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.keys().resolve(name))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void refuseToGoOnWithASpoiltFile() throws Exception {
        DataFolder data = new DataFolder(folder.resolve("data")).prepare();
        Secrets.open(data);
        Files.writeString(data.keys().resolve("secret"), "");

        assertThatThrownBy(() -> Secrets.open(data)).isInstanceOf(StartRefused.class).hasMessageContaining("backup");
    }
}
