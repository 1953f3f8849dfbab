package io.caravan.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * {@code db/lock}: who holds it is the one process that runs the data folder's database. The operating system frees it when the process
 * dies, however it dies; what stands in the file only says who to blame.
 */
final class FolderLock implements AutoCloseable {

    // POSIX frees a process's locks on a file when it closes *any* descriptor of it: what this process holds it must not open again
    private static final Map<Path, String> HELD = new ConcurrentHashMap<>();

    private final Path file;
    private final FileChannel channel;

    private FolderLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Takes the lock now, or returns null because somebody has it. */
    static @Nullable FolderLock tryTake(Path file, String holder) {
        if (HELD.putIfAbsent(file, holder + " " + ProcessHandle.current().pid()) != null) {
            return null;
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock != null) {
                channel.truncate(0);
                channel.write(ByteBuffer.wrap((HELD.get(file) + "\n").getBytes(StandardCharsets.US_ASCII)));
                return new FolderLock(file, channel);
            }
        } catch (IOException e) {
            free(file, channel);
            throw StartRefused.of(e, file);
        }
        free(file, channel);
        return null;
    }

    /**
     * Takes the lock, waiting for a verb that has it and will soon be done, but not for a server.
     *
     * @throws FolderInUse if a server has it, or a verb for longer than {@code patience}
     */
    static FolderLock take(DataFolder folder, String holder, Duration patience) {
        Path file = folder.db().resolve("lock");
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            FolderLock lock = tryTake(file, holder);
            if (lock != null) {
                return lock;
            }
            String by = holder(file);
            if (!by.startsWith("verb") && !by.isEmpty() || System.nanoTime() > end) {
                throw new FolderInUse(folder.root(), by);
            }
            pause();
        }
    }

    /** True if somebody has the lock now. */
    static boolean taken(Path file) {
        if (HELD.containsKey(file)) {
            return true;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock == null;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw StartRefused.of(e, file);
        }
    }

    /** Who wrote the lock file last: {@code server PID}, {@code verb PID} or nothing. */
    static String holder(Path file) {
        String ours = HELD.get(file);
        if (ours != null) {
            return ours;
        }
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }

    static void pause() {
        try {
            Thread.sleep(25);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartRefused("stopped while waiting for the database", e);
        }
    }

    @Override
    public void close() {
        free(file, channel);
    }

    private static void free(Path file, @Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // the lock is gone with the process at the latest
        }
        HELD.remove(file);
    }
}
