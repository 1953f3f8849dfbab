package io.caravan;

import java.nio.file.Path;

import org.springframework.util.FileSystemUtils;
import org.springframework.util.unit.DataSize;

import io.caravan.config.DataFolder;
import io.caravan.config.EmbeddedDatabase;

/** One embedded server for the whole JVM; the unpacked programs are kept in {@code target/test-db}, the data goes with the JVM. */
public final class EmbeddedTestServer {

    private EmbeddedTestServer() {
    }

    public static TestDatabase.Address start() {
        Path servers = Path.of("target/test-db").toAbsolutePath();
        DataFolder folder = new DataFolder(servers.resolve("data-" + ProcessHandle.current().pid()));
        EmbeddedDatabase database = EmbeddedDatabase.start(new EmbeddedDatabase.Settings(folder, servers, null,
                DataSize.ofMegabytes(128), DataSize.ofMegabytes(96), "server"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            TestDatabase.end();
            database.close();
            FileSystemUtils.deleteRecursively(folder.root().toFile());
        }));
        EmbeddedDatabase.Address address = database.address();
        return new TestDatabase.Address(address.url(), address.username(), address.password());
    }
}
