package io.caravan.flow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Which files of the drop folder are whole: those whose size and time have been still for long enough, and those that were renamed into
 * place.
 */
final class Stillness implements AutoCloseable {

    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final Duration TWO_LOOKS = Duration.ofMillis(250);
    private static final long LOOK = Duration.ofMillis(50).toNanos();
    private static final int MANY = 200;

    private record Look(long size, FileTime time, long since) {
        boolean same(Look other) {
            return size == other.size && time.equals(other.time);
        }
    }

    private final Duration still;
    private final Renames renames;
    private final Map<Path, Look> looks = new HashMap<>();

    Stillness(Path folder, Duration still) {
        this.still = still;
        renames = Renames.in(folder);
    }

    synchronized boolean isWhole(Path file) {
        Look now = look(file);
        if (now == null) {
            looks.remove(file);
            return false;
        }
        if (looks.size() > MANY) {
            looks.keySet().removeIf(known -> look(known) == null);
        }
        Look before = looks.get(file);
        Look since = before != null && before.same(now) ? before : now;
        looks.put(file, since);
        return isStill(since) || renames.cameWhole(file);
    }

    /**
     * Waits until it is whole. Bounded: a file that is not there is waited for as long as one must be still, one that keeps growing for a
     * minute.
     */
    void await(Path file) {
        long begun = System.nanoTime();
        while (!isWhole(file) && !Thread.currentThread().isInterrupted()) {
            boolean there = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
            if (System.nanoTime() - begun >= (there ? LONGEST : still).toNanos()) {
                return;
            }
            LockSupport.parkNanos(LOOK);
        }
    }

    /** By the file's own time, looked at twice since some writers set it to what they like; or, whatever it says, by ours. */
    private boolean isStill(Look look) {
        Duration watched = Duration.ofNanos(System.nanoTime() - look.since);
        Duration age = Duration.between(look.time.toInstant(), Instant.now()); // the file system's clock is the wall's
        return watched.compareTo(still) >= 0 || age.compareTo(still) >= 0 && watched.compareTo(TWO_LOOKS) >= 0;
    }

    private static @Nullable Look look(Path file) {
        try {
            BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class,
                    LinkOption.NOFOLLOW_LINKS);
            return new Look(found.size(), found.lastModifiedTime(), System.nanoTime());
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public void close() {
        renames.close();
    }
}
