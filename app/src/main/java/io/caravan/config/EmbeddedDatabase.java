package io.caravan.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.unit.DataSize;

/**
 * The MariaDB that runs under the application when no other is named: unpacked, installed, started, watched and stopped.
 *
 * <p>Commits are durable, it listens on 127.0.0.1 alone, and its password is new at each start. If its process dies under a running
 * application it is started again at once, on the same port with the same password, so that pools mend themselves.
 */
public final class EmbeddedDatabase implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);
    private static final String USER = "caravan";
    private static final long ROOM_FIRST = DataSize.ofMegabytes(700).toBytes();
    private static final long ROOM_LATER = DataSize.ofMegabytes(32).toBytes();

    /**
     * Where and how large.
     *
     * @param servers where {@code server-VERSION} is unpacked to
     * @param server  an installed {@code mariadbd} to run instead of the packed one
     * @param holder  {@code server} or {@code verb}: a verb is waited for, a server is not
     */
    public record Settings(DataFolder folder, Path servers, @Nullable Path server, DataSize bufferPool,
            DataSize logSize, String holder) {

        public static Settings of(DataFolder folder) {
            return new Settings(folder, folder.db(), null, DataSize.ofMegabytes(256), DataSize.ofMegabytes(256),
                    "server");
        }
    }

    /** What one needs to connect; the text form is {@code keys/database}. */
    public record Address(String url, String username, String password) {

        /** What a running server wrote down, or null if there is none. */
        static @Nullable Address read(DataFolder folder) {
            Path file = file(folder);
            try {
                Properties read = new Properties();
                read.load(new StringReader(Files.readString(file)));
                String url = read.getProperty("url");
                return url == null
                        ? null
                        : new Address(url, read.getProperty("username", ""), read.getProperty("password", ""));
            } catch (IOException e) {
                return null;
            }
        }

        void write(DataFolder folder) {
            Secrets.write(file(folder), "url=" + url + "\nusername=" + username + "\npassword=" + password + "\n");
        }

        static Path file(DataFolder folder) {
            return folder.keys().resolve("database");
        }
    }

    private final Settings settings;
    private final FolderLock lock;
    private final ServerProcess server;
    private final ServerBinaries binaries;
    private final Address address;
    private final int port;
    private volatile boolean stopping;
    private volatile Process process;

    private EmbeddedDatabase(Settings settings, FolderLock lock) {
        this.settings = settings;
        this.lock = lock;
        Path db = settings.folder().db();
        boolean first = !Files.isDirectory(db.resolve("data"));
        checkRoom(db, first ? ROOM_FIRST : ROOM_LATER);
        binaries = settings.server() == null
                ? ServerBinaries.packed(settings.servers())
                : ServerBinaries.installed(settings.server());
        server = new ServerProcess(binaries, db, settings.bufferPool(), settings.logSize());
        server.stopLeftover();
        boolean upgrade = !first && checkVersion(db);
        if (first) {
            LOG.info("event=database-installing folder={} what=\"an empty database is made: once, for up to a minute\"",
                    db);
        }
        server.install();
        port = ServerProcess.freePort();
        address = new Address("jdbc:mariadb://127.0.0.1:" + port + "/caravan", USER, Secrets.random());
        process = launch();
        try {
            if (upgrade) {
                server.upgrade();
            }
            Secrets.write(db.resolve("version"), binaries.version() + "\n");
        } catch (RuntimeException e) {
            ServerProcess.stop(process.toHandle());
            throw e;
        }
        watch();
        LOG.info("event=database-started version={} port={} pid={}", binaries.version(), port, process.pid());
    }

    /**
     * Starts the database of a data folder, and returns when it answers.
     *
     * @throws FolderInUse  if another process runs it
     * @throws StartRefused if it cannot be started, with the reason
     */
    public static EmbeddedDatabase start(Settings settings) {
        settings.folder().prepare();
        FolderLock lock = FolderLock.take(settings.folder(), settings.holder(), Duration.ofSeconds(30));
        try {
            return new EmbeddedDatabase(settings, lock);
        } catch (RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    /** True if a server, not just a verb, runs on this folder now. */
    public static boolean served(DataFolder folder) {
        Path file = folder.db().resolve("lock");
        return Files.exists(file) && FolderLock.holder(file).startsWith("server") && FolderLock.taken(file);
    }

    /** @throws FolderInUse if a server runs on this folder */
    static void refuseIfServed(DataFolder folder) {
        if (served(folder)) {
            throw new FolderInUse(folder.root(), FolderLock.holder(folder.db().resolve("lock")));
        }
    }

    public Address address() {
        return address;
    }

    /** Writes {@code keys/database}, so that verbs beside us find the server: not before its schema is up. */
    public void announce() {
        address.write(settings.folder());
    }

    /** The process id of the server as it runs now. */
    public long pid() {
        return process.pid();
    }

    public ServerVersion version() {
        return binaries.version();
    }

    /** Stops the server in order and frees the folder. */
    @Override
    public synchronized void close() {
        if (stopping) {
            return;
        }
        stopping = true;
        ServerProcess.stop(process.toHandle());
        try {
            Files.deleteIfExists(Address.file(settings.folder()));
        } catch (IOException e) {
            LOG.warn("keys/database could not be removed: {}", e.getMessage());
        }
        lock.close();
        LOG.info("event=database-stopped");
    }

    /** For tests: what kill -9 of the application leaves behind. The server runs on, the lock is free. */
    synchronized void abandon() {
        stopping = true;
        lock.close();
    }

    private Process launch() {
        // a schema named caravan_... is for test suites; nothing else on the server is ours to touch
        Process started = server.launch(port, """
                create database if not exists caravan character set utf8mb4 collate utf8mb4_nopad_bin;
                create user if not exists 'caravan'@'127.0.0.1';
                alter user 'caravan'@'127.0.0.1' identified by '%s';
                grant all privileges on caravan.* to 'caravan'@'127.0.0.1';
                grant all privileges on `caravan\\_%%`.* to 'caravan'@'127.0.0.1';
                """.formatted(address.password()));
        try {
            server.awaitReady(started, address.url(), address.username(), address.password());
        } catch (RuntimeException e) {
            ServerProcess.stop(started.toHandle());
            throw e;
        }
        return started;
    }

    private void watch() {
        Process watched = process;
        watched.onExit()
                .thenRun(() -> Thread.ofPlatform().daemon().name("database-restart").start(() -> restart(watched)));
    }

    private void restart(Process dead) {
        long wait = 100;
        while (true) {
            synchronized (this) {
                if (stopping) {
                    return;
                }
                try {
                    LOG.warn("event=database-died exit={} what=it is started again", dead.exitValue());
                    process = launch();
                    watch();
                    LOG.info("event=database-back port={} pid={}", port, process.pid());
                    return;
                } catch (RuntimeException e) {
                    LOG.error("database does not come back, trying again in {} ms: {}", wait, e.getMessage());
                }
            }
            try {
                Thread.sleep(wait);
            } catch (InterruptedException e) {
                return;
            }
            wait = Math.min(wait * 2, 5_000);
        }
    }

    /** True if the system tables must be brought up: the files were last run by an older server. */
    private boolean checkVersion(Path db) {
        ServerVersion before;
        try {
            Path file = db.resolve("version");
            before = Files.exists(file) ? ServerVersion.find(Files.readString(file)) : null;
        } catch (IOException e) {
            throw StartRefused.of(e, db);
        }
        if (before == null || before.equals(binaries.version())) {
            return false;
        }
        if (before.compareTo(binaries.version()) > 0) {
            throw new StartRefused("the database in " + db + " was last run by MariaDB " + before + ", and this one is "
                    + binaries.version()
                    + ", which cannot open newer files: use the newer one again, or restore a backup");
        }
        stopCleanlyWith(before, db);
        return true;
    }

    /** An older server's files must have been closed in order before a newer one may open them: its own program does that, if kept. */
    private void stopCleanlyWith(ServerVersion before, Path db) {
        Path base = settings.servers().resolve("server-" + before);
        if (!Files.isExecutable(base.resolve("bin/mariadbd"))) {
            return;
        }
        ServerProcess old = new ServerProcess(new ServerBinaries(base, base.resolve("bin/mariadbd"), before), db,
                settings.bufferPool(),
                settings.logSize());
        String password = Secrets.random();
        int oldPort = ServerProcess.freePort();
        Process closing = old.launch(oldPort, "alter user 'caravan'@'127.0.0.1' identified by '" + password + "';\n");
        try {
            old.awaitReady(closing, "jdbc:mariadb://127.0.0.1:" + oldPort + "/caravan", USER, password);
        } finally {
            ServerProcess.stop(closing.toHandle());
        }
    }

    private static void checkRoom(Path db, long needed) {
        try {
            long free = Files.getFileStore(db).getUsableSpace();
            if (free < needed) {
                throw new StartRefused("the disk that holds " + db + " is full: " + (free >> 20)
                        + " MB are free and the database needs "
                        + (needed >> 20)
                        + " MB to start, so free some space or give another folder with --caravan.data=DIR");
            }
        } catch (IOException e) {
            throw StartRefused.of(e, db);
        }
    }
}
