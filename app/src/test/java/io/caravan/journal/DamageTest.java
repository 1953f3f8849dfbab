package io.caravan.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.mail.BatchId;
import io.caravan.mail.PermanentFault;
import io.caravan.mail.RowId;
import io.caravan.mail.TemporaryFault;

import static io.caravan.journal.JournalTest.ACCEPTED;
import static io.caravan.journal.JournalTest.entries;
import static io.caravan.journal.JournalTest.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class DamageTest {

    private static final Journal.Options QUICK = new Journal.Options(16L << 20, Duration.ofMillis(5),
            Duration.ofMillis(5),
            InstantSource.fixed(JournalTest.NOW));

    @TempDir
    Path folder;

    @Test
    void aTailTornAtAnyByteIsCutAndTheRestIsRead() throws IOException {
        byte[] whole = journalOf(entries(1, 8));
        int before = 0;

        for (int length = headEnd(whole); length <= whole.length; length++) {
            Path torn = put(Arrays.copyOf(whole, length), "torn" + length);
            try (Journal journal = Journal.open(torn, header(2))) {
                assertThat(journal.unsettled().size()).isBetween(before, before + 1);
                before = journal.unsettled().size();
            }
            try (Journal journal = Journal.open(torn, header(3))) {
                assertThat(journal.unsettled()).hasSize(before);
            }
        }

        assertThat(before).isEqualTo(8);
    }

    @Test
    void aByteChangedAnywhereBeforeTheLastLineStopsTheNode() throws IOException {
        byte[] whole = journalOf(entries(1, 8));
        int lastLine = whole.length - 33;

        for (int at = 0; at < lastLine; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x20;
            Path bad = put(damaged, "bad" + at);
            assertThatThrownBy(() -> Journal.open(bad, header(2))).as("byte " + at).isInstanceOf(PermanentFault.class)
                    .hasMessageContaining(bad.toString());
            assertThat(Files.size(bad.resolve("0000000001-000001.journal"))).isEqualTo(whole.length);
        }
    }

    @Test
    void afterAPowerLossOnlyWhatWasSyncedMustBeWhole() throws IOException {
        byte[] whole = journalOf(entries(1, 8));
        int synced = (int) JournalTest.synced(segmentOf(folder.resolve("made")));
        Header otherBoot = new Header("installation", 1, 2, "boot after the power loss");
        byte[] hole = whole.clone();
        Arrays.fill(hole, synced + 24, synced + 40, (byte) 0);
        byte[] rot = whole.clone();
        rot[synced - 5] ^= 1;

        try (Journal journal = Journal.open(put(hole, "hole"), otherBoot)) {
            assertThat(journal.unsettled()).isNotEmpty().hasSizeLessThan(8);
        }
        assertThatThrownBy(() -> Journal.open(put(rot, "rot"), otherBoot)).isInstanceOf(PermanentFault.class)
                .hasMessageContaining("is damaged at byte");
    }

    @Test
    void cutBackToTheLastSyncEachReadyMailIsInDoubtOrSettledAndNoneIsLost() throws IOException {
        Path made = folder.resolve("made");
        try (Journal journal = Journal.open(made, header(1), QUICK)) {
            List<Entry> entries = entries(1, 20);
            journal.ready(entries);
            entries.subList(0, 5).forEach(entry -> journal.replied(entry, ACCEPTED));
            journal.ready(entries(2, 1));
            entries.subList(5, 20).forEach(journal::dot);
        }
        byte[] whole = Files.readAllBytes(segmentOf(made));
        int synced = (int) JournalTest.synced(segmentOf(made));

        Path after = put(Arrays.copyOf(whole, synced), "power");
        try (Journal journal = Journal.open(after, new Header("installation", 1, 2, "another"))) {
            List<Aftermath> fates = journal.unsettled().stream().map(left -> left.aftermath("another")).toList();

            assertThat(fates).hasSize(21).noneMatch(Aftermath.Pending.class::isInstance);
            assertThat(fates).filteredOn(Aftermath.Settle.class::isInstance).hasSize(5);
        }
    }

    @Test
    void anEarlierSegmentMustBeWhole() throws IOException {
        Journal.Options small = new Journal.Options(2000, Duration.ofMillis(5), Duration.ofMillis(5),
                InstantSource.system());
        Path made = folder.resolve("made");
        try (Journal journal = Journal.open(made, header(1), small)) {
            await().until(() -> {
                journal.ready(entries(1, 50));
                return Files.exists(made.resolve("0000000001-000003.journal"));
            });
            journal.ready(entries(2, 2));
            journal.ready(entries(3, 2));
        }
        Path first = made.resolve("0000000001-000001.journal");

        Files.write(first, Arrays.copyOf(Files.readAllBytes(first), (int) Files.size(first) - 1));

        assertThatThrownBy(() -> Journal.open(made, header(2))).isInstanceOf(PermanentFault.class)
                .hasMessageContaining("is damaged");
    }

    @Test
    void aFullDiskStopsTheWritersAndLosesNoLine() throws IOException {
        FailingDisk disk = new FailingDisk();
        List<Entry> sent = new ArrayList<>();
        try (Journal journal = Journal.open(folder, header(1), QUICK, disk)) {
            disk.room = 1000;
            assertThatThrownBy(() -> {
                for (int n = 1;; n++) {
                    Entry entry = new Entry(new BatchId(1), new RowId(1, n), 1);
                    journal.dot(entry);
                    sent.add(entry);
                }
            }).isInstanceOf(TemporaryFault.class).hasMessageContaining("No space left on device");
            assertThat(journal.broken()).contains("cannot be written", folder.toString());
            assertThatThrownBy(() -> journal.ready(entries(2, 1))).isInstanceOf(TemporaryFault.class);
            journal.settled(new BatchId(9));

            disk.room = Long.MAX_VALUE;
            await().until(() -> journal.broken() == null);
            journal.ready(entries(3, 1));
        }

        try (Journal next = Journal.open(folder, header(2))) {
            assertThat(next.unsettled()).extracting(Unsettled::entry).containsAll(sent).containsAll(entries(3, 1))
                    .hasSize(sent.size() + 1);
        }
    }

    /** The copy has the dot and not the reply; the segment that it was made of has both. */
    @Test
    void aKillWhileLinesAreWrittenAgainHidesNoReply() throws IOException {
        FailingDisk disk = new FailingDisk();
        Path made = Files.createDirectories(folder.resolve("made"));
        Path killed = Files.createDirectories(folder.resolve("killed"));
        Chain chain = new Chain(made, header(1), disk, List.of());
        long head = chain.current().length();
        Lines lines = new Lines();
        ByteBuffer buffer = ByteBuffer.allocate(4 * Lines.LONGEST);
        lines.dot(buffer, entries(1, 1).getFirst(), JournalTest.NOW.toEpochMilli(), "mx.example");
        long cut = head + buffer.position() + 5;
        lines.replied(buffer, entries(1, 1).getFirst(), ACCEPTED);
        chain.current().write(buffer);
        disk.room = cut;
        disk.whenFull = () -> copy(made, killed);

        assertThatThrownBy(chain::mend).hasMessageContaining("No space left on device");

        chain.close();
        assertThat(killed).isDirectoryContaining(file -> file.toFile().length() == cut);
        try (Journal next = Journal.open(killed, header(2))) {
            assertThat(next.unsettled()).extracting(Unsettled::last).containsExactly(new Line.Replied(ACCEPTED));
        }
    }

    @Test
    void aFailedSyncIsNotTakenForADoneOne() throws IOException {
        FailingDisk disk = new FailingDisk();
        try (Journal journal = Journal.open(folder, header(1), QUICK, disk)) {
            journal.ready(entries(1, 1));
            disk.syncFails = true;
            journal.dot(entries(1, 1).getFirst());
            await().until(() -> journal.broken() != null);
            disk.syncFails = false;
            await().until(() -> journal.broken() == null);

            assertThat(JournalTest.synced(folder.resolve("0000000001-000001.journal"))).isLessThanOrEqualTo(
                    Files.size(folder.resolve("0000000001-000001.journal")));
        }

        try (Journal next = Journal.open(folder, header(2))) {
            assertThat(next.unsettled()).extracting(Unsettled::last).hasExactlyElementsOfTypes(Line.Dot.class);
        }
    }

    @Test
    void aNewSegmentDoesNotVouchForTheEarlierOnes() throws IOException {
        Journal.Options lazy = new Journal.Options(16L << 20, Duration.ofHours(1), Duration.ofMillis(5),
                InstantSource.system());
        try (Journal journal = Journal.open(folder, header(1), lazy)) {
            journal.dot(entries(1, 1).getFirst());

            assertThat(JournalTest.synced(segmentOf(folder))).isZero();
        }
    }

    @Test
    void aDiskThatFailsNowAndThenLosesNoLineThatWasTaken() throws Exception {
        FailingDisk disk = new FailingDisk();
        Journal.Options small = new Journal.Options(20_000, Duration.ofMillis(1), Duration.ofMillis(1),
                InstantSource.system());
        Map<Entry, Integer> taken = new ConcurrentHashMap<>();
        try (Journal journal = Journal.open(folder, header(1), small, disk);
                ExecutorService threads = Executors.newFixedThreadPool(8)) {
            Future<?> weather = threads.submit(() -> {
                Random random = new Random(1);
                for (int change = 0; change < 100; change++) {
                    disk.syncFails = random.nextInt(3) == 0;
                    disk.room = random.nextInt(3) == 0 ? random.nextInt(2000) : Long.MAX_VALUE;
                    int enough = taken.size() + 20;
                    await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(1))
                            .until(() -> taken.size() >= enough || journal.broken() != null);
                }
                disk.syncFails = false;
                disk.room = Long.MAX_VALUE;
            });
            for (int sender = 1; sender <= 6; sender++) {
                int batch = sender;
                threads.submit(() -> {
                    for (int n = 1; !weather.isDone(); n++) {
                        Entry entry = new Entry(new BatchId(batch), new RowId(batch, n), 1);
                        try {
                            journal.ready(List.of(entry));
                            taken.put(entry, 1);
                            journal.dot(entry);
                            taken.put(entry, 2);
                            journal.replied(entry, ACCEPTED);
                            taken.put(entry, 3);
                        } catch (TemporaryFault e) {
                            Thread.yield();
                        }
                    }
                });
            }
            weather.get();
            await().until(() -> journal.broken() == null);
        }

        try (Journal next = Journal.open(folder, header(2))) {
            Map<Entry, Line> last = next.unsettled().stream()
                    .collect(Collectors.toMap(Unsettled::entry, Unsettled::last));
            assertThat(taken).hasSizeGreaterThan(100)
                    .allSatisfy((entry, lines) -> assertThat(rank(last.get(entry))).isGreaterThanOrEqualTo(lines));
        }
    }

    private static int rank(Line line) {
        return switch (line) {
            case null -> 0;
            case Line.Ready() -> 1;
            case Line.Dot _ -> 2;
            case Line.Replied _ -> 3;
        };
    }

    private byte[] journalOf(List<Entry> entries) throws IOException {
        Path made = folder.resolve("made");
        try (Journal journal = Journal.open(made, header(1), QUICK)) {
            entries.subList(0, 4).forEach(entry -> journal.ready(List.of(entry)));
            journal.ready(entries.subList(4, entries.size()));
        }
        return Files.readAllBytes(segmentOf(made));
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path segmentOf(Path journal) {
        return journal.resolve("0000000001-000001.journal");
    }

    private Path put(byte[] bytes, String name) throws IOException {
        Path copy = Files.createDirectories(folder.resolve(name));
        Files.write(segmentOf(copy), bytes);
        return copy;
    }

    private static int headEnd(byte[] whole) {
        var bytes = ByteBuffer.wrap(whole).position(Segment.MAGIC.length + 4);
        new Lines().next(bytes);
        return bytes.position();
    }
}
