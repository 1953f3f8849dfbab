package io.caravan.bench;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/**
 * A disk whose sync takes longer, for the product and the database that it starts: a library that is loaded before the C library waits in
 * {@code fsync} and {@code fdatasync} before the real one is called. The wait lies in a file that all of them map, so it can be changed
 * while they run, and so do counts of the syncs: a figure that claims a slow disk can show that it had one.
 */
final class SlowSync {

    private static final String SOURCE = """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <errno.h>
            #include <fcntl.h>
            #include <stdlib.h>
            #include <string.h>
            #include <sys/mman.h>
            #include <time.h>
            #include <unistd.h>

            struct shared { volatile long long micros, java, other; };
            static struct shared *shared;
            static int java;

            __attribute__((constructor)) static void begin(void) {
                const char *path = getenv("SLOW_SYNC");
                int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
                if (file < 0) return;
                void *at = mmap(0, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
                close(file);
                if (at == MAP_FAILED) return;
                java = !strcmp(program_invocation_short_name, "java");
                shared = at;
            }

            static void slow(void) {
                if (!shared) return;
                __atomic_add_fetch(java ? &shared->java : &shared->other, 1, __ATOMIC_RELAXED);
                long long micros = shared->micros;
                struct timespec left = { micros / 1000000, micros % 1000000 * 1000 };
                while (micros && nanosleep(&left, &left) && errno == EINTR) { }
            }

            static int real(const char *name, int file) {
                int (*call)(int) = (int (*)(int)) dlsym(RTLD_NEXT, name);
                slow();
                return call(file);
            }

            int fsync(int file) { return real("fsync", file); }
            int fdatasync(int file) { return real("fdatasync", file); }
            """;

    private final Path library;
    private final Path shared;
    private final MappedByteBuffer memory;

    /** @throws NotHere without Linux and gcc */
    SlowSync() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(Path.of("target"), "slow-sync-").toAbsolutePath();
        Path source = Files.writeString(folder.resolve("slow-sync.c"), SOURCE);
        library = folder.resolve("slow-sync.so");
        shared = Files.write(folder.resolve("shared"), new byte[24]);
        compile(source);
        try (FileChannel channel = FileChannel.open(shared, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, 24);
            memory.order(ByteOrder.nativeOrder());
        }
    }

    private void compile(Path source) throws IOException, InterruptedException {
        Path said = source.resolveSibling("gcc.log");
        try {
            Process gcc = new ProcessBuilder("gcc", "-O2", "-shared", "-fPIC", "-o", library.toString(),
                    source.toString(), "-ldl").redirectErrorStream(true).redirectOutput(said.toFile()).start();
            if (!gcc.waitFor(1, TimeUnit.MINUTES) || gcc.exitValue() != 0) {
                throw new NotHere("gcc makes no library that slows syncs: " + Files.readString(said));
            }
        } catch (IOException e) {
            throw new NotHere("gcc is not here, which makes the library that slows syncs: apt-get install"
                    + " --no-install-recommends gcc libc6-dev");
        }
    }

    Launch under(Launch launch) {
        return launch.with("LD_PRELOAD", library.toString()).with("SLOW_SYNC", shared.toString());
    }

    /** From the next sync on. */
    void delay(long micros) {
        memory.putLong(0, micros);
    }

    /** Syncs of the application so far: the journal's. */
    long application() {
        return memory.getLong(8);
    }

    long database() {
        return memory.getLong(16);
    }
}
