package io.caravan.config;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/**
 * The database that this process works on, and what must be given back at the end: an embedded server that it started, or the lock of its
 * data folder when the server is somebody else's.
 */
final class DatabaseAccess implements AutoCloseable {

    private final EmbeddedDatabase.Address address;
    private final @Nullable AutoCloseable held;
    private final boolean beside;

    private DatabaseAccess(EmbeddedDatabase.Address address, @Nullable AutoCloseable held, boolean beside) {
        this.address = address;
        this.held = held;
        this.beside = beside;
    }

    /** For a server: the data folder is ours alone. */
    static DatabaseAccess forServer(CaravanProperties settings) {
        DataFolder folder = settings.dataFolder().prepare();
        EmbeddedDatabase.Address external = external(settings);
        if (external == null) {
            EmbeddedDatabase started = EmbeddedDatabase.start(embedded(settings, folder, "server"));
            return new DatabaseAccess(started.address(), started, false);
        }
        FolderLock lock = FolderLock.take(folder, "server", Duration.ofSeconds(30)); // the journal is one node's, too
        try {
            ExternalDatabase.check(external);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
        return new DatabaseAccess(external, lock, false);
    }

    /** For a verb: the running server's database, else the embedded one for as long as the verb takes. */
    static DatabaseAccess forVerb(CaravanProperties settings) {
        EmbeddedDatabase.Address external = external(settings);
        if (external != null) {
            ExternalDatabase.check(external);
            return new DatabaseAccess(external, null, EmbeddedDatabase.served(settings.dataFolder()));
        }
        DataFolder folder = settings.dataFolder().prepare();
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (EmbeddedDatabase.served(folder)) {
            EmbeddedDatabase.Address running = EmbeddedDatabase.Address.read(folder);
            if (running != null && ExternalDatabase.answers(running)) {
                return new DatabaseAccess(running, null, true);
            }
            if (System.nanoTime() > end) {
                throw new StartRefused("the server that runs on " + folder.root()
                        + " has no database that answers: look at its log and at "
                        + folder.db().resolve("server.log"));
            }
            FolderLock.pause(); // it is just starting, or stopping
        }
        EmbeddedDatabase started = EmbeddedDatabase.start(embedded(settings, folder, "verb"));
        return new DatabaseAccess(started.address(), started, false);
    }

    EmbeddedDatabase.Address address() {
        return address;
    }

    /** True if a running server owns the database, and its schema. */
    boolean beside() {
        return beside;
    }

    /** The schema is up: verbs may come. */
    void ready() {
        if (held instanceof EmbeddedDatabase embedded) {
            embedded.announce();
        }
    }

    @Override
    public void close() throws Exception {
        if (held != null) {
            held.close();
        }
    }

    private static EmbeddedDatabase.@Nullable Address external(CaravanProperties settings) {
        CaravanProperties.Database written = settings.database();
        return written.url() == null
                ? null
                : new EmbeddedDatabase.Address(written.url(), text(written.username()), text(written.password()));
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }

    private static EmbeddedDatabase.Settings embedded(CaravanProperties settings, DataFolder folder, String holder) {
        CaravanProperties.Database written = settings.database();
        DataSize bufferPool = written.bufferPool();
        return new EmbeddedDatabase.Settings(folder, folder.db(),
                written.server() == null ? null : Path.of(written.server()),
                bufferPool == null ? bufferPool(memory()) : bufferPool, written.logSize(), holder);
    }

    private static DataSize memory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? DataSize.ofBytes(system.getTotalMemorySize()) // a container's own, where it has a limit
                : DataSize.ofBytes(0);
    }

    /** An eighth of the memory, 256 MB at least and 4 GB at most: a run of a million has some 700 MB of pages, and is slow where they do not fit. */
    static DataSize bufferPool(DataSize memory) {
        return DataSize.ofMegabytes(Math.clamp(memory.toMegabytes() / 8, 256, 4096));
    }
}
