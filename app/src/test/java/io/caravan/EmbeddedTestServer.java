package io.caravan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import org.springframework.util.FileSystemUtils;
import org.springframework.util.unit.DataSize;

import io.caravan.config.DataFolder;
import io.caravan.config.EmbeddedDatabase;

/** One embedded server for the whole JVM; the unpacked programs are kept in {@code target/test-db}, the data goes with the JVM. */
public final class EmbeddedTestServer {

    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long ROOM = DataSize.ofGigabytes(4).toBytes();

    private EmbeddedTestServer() {
    }

    public static TestDatabase.Address start() {
        Path servers = Path.of("target/test-db").toAbsolutePath();
        DataFolder folder = new DataFolder(memory(servers).resolve("data-" + ProcessHandle.current().pid()));
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

    /**
     * A folder in memory where there is plenty: a schema has a hundred files, each synced as it is made, and no test takes the power away
     * from this server. What a test process that was killed left there is cleared by the next.
     */
    private static Path memory(Path disk) {
        try {
            if (!Files.isWritable(MEMORY) || Files.getFileStore(MEMORY).getUsableSpace() < ROOM) {
                return disk;
            }
            Path folder = Files.createDirectories(MEMORY.resolve("caravan-tests"));
            try (Stream<Path> left = Files.list(folder)) {
                left.filter(data -> !alive(data)).forEach(data -> FileSystemUtils.deleteRecursively(data.toFile()));
            }
            return folder;
        } catch (IOException e) {
            return disk;
        }
    }

    private static boolean alive(Path data) {
        return ProcessHandle.of(Long.parseLong(data.getFileName().toString().substring("data-".length()))).isPresent();
    }
}
