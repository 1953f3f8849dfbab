package io.caravan.flow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits for a template that is being copied together with its campaign file. Bounded: a file that is not there is waited for as long as
 * one must be still, one that keeps growing for a minute; then the campaign is read as it is.
 */
final class Stillness {

    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final long LOOK = Duration.ofMillis(50).toNanos();

    private Stillness() {
    }

    static void await(Path file, Duration still) {
        long begun = System.nanoTime();
        while (!Thread.currentThread().isInterrupted()) {
            long waited = System.nanoTime() - begun;
            boolean there = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
            if (waited >= (there ? LONGEST : still).toNanos() || there && isStill(file, still)) {
                return;
            }
            LockSupport.parkNanos(LOOK);
        }
    }

    private static boolean isStill(Path file, Duration still) {
        try { // the wall clock, since the file system's times are its
            Duration age = Duration.between(Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant(),
                    Instant.now());
            return age.isNegative() || age.compareTo(still) >= 0;
        } catch (IOException e) {
            return false;
        }
    }
}
