package io.caravan.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.mail.BatchId;
import io.caravan.mail.RowId;

import static io.caravan.journal.JournalTest.ACCEPTED;
import static io.caravan.journal.JournalTest.header;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The power goes at a random moment of a random run. What was synced is on the disk; of what was written since, any part is, in any
 * order of its blocks, and the rest is what stood there before. {@code -Dsoak.seed} repeats one.
 */
class PowerCutTest {

    private static final int CUTS = 150;
    private static final int BLOCK = 64; // a disk's are larger; small ones tear more lines

    /** Remembers how much of each file was synced. */
    private static final class Disk implements Medium.Maker {
        final Map<Path, Long> synced = new ConcurrentHashMap<>();

        @Override
        public Medium make(Path file) throws IOException {
            Path name = Path.of(file.toString().replace(".new", ""));
            Medium real = Medium.file(file);
            synced.put(name, 0L);
            return new Medium() {
                private long written;

                @Override
                public void write(byte[] bytes, int length) throws IOException {
                    real.write(bytes, length);
                    synchronized (this) {
                        written += length;
                    }
                }

                @Override
                public void force() {
                    synchronized (this) {
                        synced.put(name, written);
                    }
                }

                @Override
                public void cut(long length) throws IOException {
                    real.cut(length);
                    written = length;
                }

                @Override
                public void close() throws IOException {
                    real.close();
                }
            };
        }
    }

    @TempDir
    Path folder;

    @Test
    void whateverTheDiskHasOfItNoMailThatMayHaveGoneIsTakenForUnsent() throws IOException {
        long first = Long.getLong("soak.seed", System.nanoTime());
        int doubts = 0;
        int settled = 0;
        for (long seed = first; seed < first + CUTS; seed++) {
            Random random = new Random(seed);
            Path made = folder.resolve("made" + seed);
            Disk disk = new Disk();
            Set<Entry> left = new HashSet<>();
            Set<Entry> answered = new HashSet<>();
            Path after;
            Journal journal = Journal.open(made, header(1),
                    new Journal.Options(3_000, Duration.ofMillis(1), Duration.ofMillis(5), InstantSource.system()),
                    disk);
            try (journal) {
                send(journal, random, left, answered);
                after = cut(made, disk, random, folder.resolve("after" + seed));
            }

            try (Journal next = Journal.open(after,
                    new Header("installation", 1, 2, "boot after the power came back"))) {
                Map<Entry, Aftermath> fates = new HashMap<>();
                next.unsettled().forEach(line -> fates.put(line.entry(),
                        line.aftermath("boot after the power came back")));
                for (Entry entry : left) {
                    Aftermath fate = fates.get(entry);
                    assertThat(fate).as("seed %d, %s", seed, entry).isNotNull()
                            .isNotInstanceOf(Aftermath.Pending.class);
                    if (fate instanceof Aftermath.Settle settle) {
                        assertThat(answered).as("seed %d", seed).contains(entry);
                        assertThat(settle.result()).isEqualTo(ACCEPTED);
                        settled++;
                    } else {
                        doubts++;
                    }
                }
            }
        }
        assertThat(doubts).isPositive();
        assertThat(settled).isPositive();
    }

    /** Mails leave only when {@code ready} has returned; each is then anywhere between its dot and its reply. */
    private static void send(Journal journal, Random random, Set<Entry> left, Set<Entry> answered) {
        int n = 0;
        for (int group = 0; group < 1 + random.nextInt(6); group++) {
            List<Entry> entries = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(20); i++) {
                entries.add(new Entry(new BatchId(group + 1), new RowId(1, ++n), 1));
            }
            journal.ready(entries);
            left.addAll(entries);
            for (Entry entry : entries.subList(0, random.nextInt(entries.size() + 1))) {
                journal.dot(entry, "mx.example");
                if (random.nextInt(4) > 0) {
                    journal.replied(entry, ACCEPTED);
                    answered.add(entry);
                }
            }
        }
    }

    private static Path cut(Path made, Disk disk, Random random, Path after) throws IOException {
        Files.createDirectories(after);
        Map<Path, Long> synced = new HashMap<>(disk.synced); // before the files are read: more may be on the disk than is known to be
        for (Map.Entry<Path, Long> each : synced.entrySet()) {
            if (!Files.exists(each.getKey())) {
                continue;
            }
            byte[] bytes = Files.readAllBytes(each.getKey());
            int safe = Math.toIntExact(each.getValue());
            int end = safe + random.nextInt(bytes.length - safe + 1);
            byte[] kept = Arrays.copyOf(bytes, end);
            for (int at = safe; at < end; at += BLOCK) {
                switch (random.nextInt(3)) {
                    case 0 -> Arrays.fill(kept, at, Math.min(end, at + BLOCK), (byte) 0);
                    case 1 -> {
                        for (int i = at; i < Math.min(end, at + BLOCK); i++) {
                            kept[i] = (byte) random.nextInt();
                        }
                    }
                    default -> {
                    }
                }
            }
            Files.write(after.resolve(made.relativize(each.getKey())), kept);
        }
        return after;
    }
}
