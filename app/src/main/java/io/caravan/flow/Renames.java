package io.caravan.flow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which files came into a folder whole, by a rename. The system tells of each coming and of each write: a file that has something in it
 * and of which only the coming was told was written elsewhere. Where nothing is told (a network's folder, or before the start) none is
 * taken for whole.
 */
final class Renames implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Renames.class);
    private static final Duration LONGEST = Duration.ofSeconds(1);
    /** A dot in front: nobody takes it. */
    private static final String PROBE = ".caravan-looks";

    private final Path folder;
    private final @Nullable WatchService watch;
    private final Set<String> came = new HashSet<>();
    private boolean probed;

    private Renames(Path folder, @Nullable WatchService watch) {
        this.folder = folder;
        this.watch = watch;
    }

    static Renames in(Path folder) {
        try {
            WatchService watch = folder.getFileSystem().newWatchService();
            folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY,
                    StandardWatchEventKinds.ENTRY_DELETE);
            return new Renames(folder, watch);
        } catch (IOException e) {
            log.info("event=drop-folder-not-watched what=\"files wait two seconds, renamed or not: {}\"", e.toString());
            return new Renames(folder, null);
        }
    }

    synchronized boolean cameWhole(Path file) {
        String name = DropNames.of(file);
        heard(Duration.ZERO);
        return came.contains(name) && hasContent(file) && heardAllUntilNow() && came.contains(name);
    }

    /** What happens is told in its order: when a probe was told of, so was every write before it. */
    private boolean heardAllUntilNow() {
        Path probe = folder.resolve(PROBE);
        probed = false;
        try {
            Files.deleteIfExists(probe);
            Files.createFile(probe);
            long until = System.nanoTime() + LONGEST.toNanos();
            while (!probed && System.nanoTime() < until) {
                heard(Duration.ofMillis(50));
            }
            Files.deleteIfExists(probe);
        } catch (IOException e) {
            return false; // a full disk, say: the file is taken when it has been still
        }
        return probed;
    }

    private void heard(Duration wait) {
        if (watch == null) {
            return;
        }
        try {
            WatchKey key = watch.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
            if (key != null) {
                key.pollEvents().forEach(this::hear);
                key.reset();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void hear(WatchEvent<?> event) {
        String name = String.valueOf(event.context());
        if (event.kind() == StandardWatchEventKinds.OVERFLOW) {
            came.clear();
        } else if (event.kind() == StandardWatchEventKinds.ENTRY_CREATE) {
            probed |= name.equals(PROBE);
            came.add(name);
        } else {
            came.remove(name);
        }
    }

    private static boolean hasContent(Path file) {
        try {
            return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) > 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            if (watch != null) {
                watch.close();
            }
        } catch (IOException e) {
            log.debug("event=drop-folder-watch-not-closed", e);
        }
    }
}
