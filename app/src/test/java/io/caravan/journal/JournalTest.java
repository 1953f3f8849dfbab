package io.caravan.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.mail.BatchId;
import io.caravan.mail.BounceClass;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.PermanentFault;
import io.caravan.mail.RowId;
import io.caravan.mail.TemporaryFault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class JournalTest {

    static final Instant NOW = Instant.parse("2026-03-01T09:00:00Z");
    static final DeliveryResult ACCEPTED = new DeliveryResult.Accepted("mx.example", "2.0.0", "250 2.0.0 queued");

    @TempDir
    Path folder;

    @Test
    void givesBackTheLastLineOfEachAttempt() {
        try (Journal journal = open(1)) {
            journal.ready(List.of(entry(1), entry(2), entry(3)));
            journal.dot(entry(2), "mx.example");
            journal.dot(entry(3));
            journal.replied(entry(3), ACCEPTED);
        }

        try (Journal journal = open(2)) {
            assertThat(journal.unsettled()).containsExactly(new Unsettled(entry(1), new Line.Ready(), 1, "boot"),
                    new Unsettled(entry(2), new Line.Dot(NOW, "mx.example"), 1, "boot"),
                    new Unsettled(entry(3), new Line.Replied(ACCEPTED), 1, "boot"));
        }
    }

    @Test
    void aBatchThatIsSentTwiceHidesNoReplyOfTheFirstTime() {
        try (Journal journal = open(1)) {
            journal.ready(List.of(entry(1), entry(2)));
            journal.dot(entry(1));
            journal.replied(entry(1), ACCEPTED);
            journal.dot(entry(2), "mx.example");
            journal.ready(List.of(entry(1), entry(2)));
        }

        try (Journal journal = open(2)) {
            assertThat(journal.unsettled()).extracting(Unsettled::last).containsExactly(new Line.Replied(ACCEPTED),
                    new Line.Dot(NOW, "mx.example"));
        }
    }

    @Test
    void keepsEveryKindOfResultWithItsText() {
        List<DeliveryResult> results = List.of(ACCEPTED,
                new DeliveryResult.Deferred("mx.example", "4.2.0", "451 4.2.0 spater: spät", "greylisted"),
                new DeliveryResult.Bounced("mx.example", "5.1.1", "550 5.1.1 unknown", BounceClass.HARD),
                new DeliveryResult.Failed("no such attribute"), new DeliveryResult.Suppressed("suppression:7"),
                new DeliveryResult.NotTried("stopping"), new DeliveryResult.InDoubt("mx.example", "connection lost"),
                new DeliveryResult.Complained("mx.example", "abuse"));
        try (Journal journal = open(1)) {
            for (int i = 0; i < results.size(); i++) {
                journal.replied(entry(i), results.get(i));
            }
        }

        try (Journal journal = open(2)) {
            assertThat(journal.unsettled()).extracting(Unsettled::last)
                    .isEqualTo(results.stream().map(Line.Replied::new).toList());
        }
    }

    @Test
    void keepsNoAddress() throws IOException {
        try (Journal journal = open(1)) {
            journal.replied(entry(1),
                    new DeliveryResult.Bounced("mx.example", "5.1.1", "550 5.1.1 <ana@example.org>: no such user",
                            BounceClass.HARD));
        }

        assertThat(new String(Files.readAllBytes(segments().getFirst()), StandardCharsets.ISO_8859_1))
                .doesNotContain("ana@")
                .contains("<(address)>: no such user");
    }

    @Test
    void readyWaitsForTheDisk() {
        FailingDisk disk = new FailingDisk();
        try (Journal journal = open(1, disk)) {
            disk.syncFails = true;

            assertThatThrownBy(() -> journal.ready(List.of(entry(1)))).isInstanceOf(TemporaryFault.class)
                    .hasMessageContaining("Input/output error");
            disk.syncFails = false;
        }
    }

    @Test
    void dotAndReplyAreWithTheKernelWhenTheCallReturns() throws IOException {
        FailingDisk disk = new FailingDisk();
        Journal journal = open(1, disk);
        journal.ready(List.of(entry(1)));
        disk.syncFails = true;
        journal.dot(entry(1));

        Path killed = Files.createDirectory(folder.resolve("killed"));
        Files.copy(segments().getFirst(), killed.resolve("0000000001-000001.journal"));

        try (Journal after = Journal.open(killed, header(2))) {
            assertThat(after.unsettled()).extracting(Unsettled::last).containsExactly(new Line.Dot(NOW, ""));
        } finally {
            disk.syncFails = false;
            journal.close();
        }
    }

    @Test
    void syncsByItselfWhatNobodyWaitsFor() throws IOException {
        try (Journal journal = open(1)) {
            journal.dot(entry(1));

            await().until(() -> {
                journal.dot(entry(2));
                return synced(segments().getFirst()) > 0;
            });
        }
    }

    @Test
    void aSegmentGoesWhenEveryBatchInItIsSettled() throws IOException {
        Journal.Options small = new Journal.Options(4000, Duration.ofMillis(5), Duration.ofMillis(5),
                InstantSource.fixed(NOW));
        try (Journal journal = Journal.open(folder, header(1), small)) {
            for (int batch = 1; batch <= 20; batch++) {
                journal.ready(entries(batch, 50));
            }
            await().until(() -> segments().size() > 4);
            long full = journal.bytes();

            IntStream.rangeClosed(1, 20).filter(batch -> batch != 3)
                    .forEach(batch -> journal.settled(new BatchId(batch)));
            await().until(() -> segments().size() == 2);
            assertThat(journal.bytes()).isLessThan(full / 2).isPositive();

            journal.settled(new BatchId(3));
            await().until(() -> segments().size() == 1);
        }
        assertThat(segments()).isEmpty();
    }

    @Test
    void whatIsSettledDoesNotComeBack() {
        Journal journal = open(1);
        journal.ready(entries(1, 3));
        journal.ready(entries(2, 3));
        journal.settled(new BatchId(1));
        journal.close();

        try (Journal next = open(2)) {
            assertThat(next.unsettled()).extracting(left -> left.entry().batch().value()).containsExactly(2L, 2L, 2L);
        }
    }

    @Test
    void keepsOlderEpochsUntilTheyAreForgotten() throws IOException {
        open(1).ready(entries(1, 2));
        try (Journal second = open(2)) {
            second.ready(entries(2, 2));
        }

        try (Journal third = open(3)) {
            assertThat(third.unsettled()).extracting(Unsettled::epoch).containsExactly(1, 1, 2, 2);
            third.forgetOlder();
            assertThat(third.unsettled()).isEmpty();
            assertThat(segments()).hasSize(1);
        }
    }

    @Test
    void refusesTheJournalOfAnotherDatabaseOrNodeOrOfALaterEpoch() {
        try (Journal journal = open(5)) {
            journal.ready(entries(1, 1));
        }

        assertThatThrownBy(() -> Journal.open(folder, new Header("other", 1, 6, "boot")))
                .isInstanceOf(PermanentFault.class)
                .hasMessageContaining("belongs to the database installation");
        assertThatThrownBy(() -> Journal.open(folder, new Header("installation", 2, 6, "boot")))
                .isInstanceOf(PermanentFault.class)
                .hasMessageContaining("belongs to node 1");
        assertThatThrownBy(() -> Journal.open(folder, header(5))).isInstanceOf(PermanentFault.class)
                .hasMessageContaining("older than the journal");
    }

    @Test
    void saysSoWhenTheFolderCannotBeMade() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertThatThrownBy(() -> Journal.open(file, header(1))).isInstanceOf(TemporaryFault.class)
                .hasMessageContaining("cannot be used");
    }

    @Test
    void anInterruptedSenderDoesNotTakeTheJournalWithIt() {
        try (Journal journal = open(1)) {
            Thread.currentThread().interrupt();
            journal.dot(entry(1));
            assertThatThrownBy(() -> journal.ready(List.of(entry(2)))).isInstanceOf(TemporaryFault.class);
            assertThat(Thread.interrupted()).isTrue();

            journal.ready(List.of(entry(3)));

            assertThat(journal.broken()).isNull();
        }
    }

    @Test
    void fiftyThreadsLoseNothing() throws Exception {
        Journal.Options small = new Journal.Options(100_000, Duration.ofMillis(5), Duration.ofMillis(5),
                InstantSource.fixed(NOW));
        try (Journal journal = Journal.open(folder, header(1), small);
                ExecutorService threads = Executors.newFixedThreadPool(50)) {
            List<Callable<Void>> senders = new ArrayList<>();
            for (int sender = 1; sender <= 50; sender++) {
                int batch = sender;
                senders.add(() -> {
                    for (Entry entry : entries(batch, 100)) {
                        journal.ready(List.of(entry));
                        journal.dot(entry);
                        journal.replied(entry, ACCEPTED);
                    }
                    return null;
                });
            }
            for (Future<Void> sender : threads.invokeAll(senders)) {
                sender.get();
            }
        }

        try (Journal next = open(2)) {
            Map<Long, Long> perBatch = next.unsettled().stream().filter(left -> left.last() instanceof Line.Replied)
                    .collect(Collectors.groupingBy(left -> left.entry().batch().value(), Collectors.counting()));
            assertThat(perBatch).hasSize(50).allSatisfy((_, n) -> assertThat(n).isEqualTo(100));
        }
    }

    @Test
    void printsWhatAMailCosts() throws Exception {
        try (Journal journal = open(1); ExecutorService threads = Executors.newFixedThreadPool(20)) {
            for (int round = 0; round < 3; round++) {
                int first = round * 200 + 1;
                long start = System.nanoTime();
                List<Callable<Void>> senders = IntStream.range(first, first + 200)
                        .<Callable<Void>>mapToObj(batch -> () -> {
                            List<Entry> entries = entries(batch, 500);
                            journal.ready(entries);
                            entries.forEach(entry -> {
                                journal.dot(entry, "mx.example");
                                journal.replied(entry, ACCEPTED);
                            });
                            return null;
                        }).toList();
                for (Future<Void> sender : threads.invokeAll(senders)) {
                    sender.get();
                }
                double micros = (System.nanoTime() - start) / 1000.0 / 100_000;
                System.out.printf("journal: %.2f us a mail of three lines, 20 threads, %d MB%n", micros,
                        journal.bytes() >> 20);
            }
        }
        long start = System.nanoTime();
        try (Journal next = open(2)) {
            assertThat(next.unsettled()).hasSize(300_000);
            System.out.printf("journal: 300,000 mails read back in %d ms%n", (System.nanoTime() - start) / 1_000_000);
        }
    }

    Journal open(int epoch) {
        return open(epoch, Medium::file);
    }

    Journal open(int epoch, Medium.Maker disk) {
        return Journal.open(folder, header(epoch),
                new Journal.Options(16L << 20, Duration.ofMillis(20), Duration.ofMillis(20), InstantSource.fixed(NOW)),
                disk);
    }

    List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".journal")).sorted().toList();
        }
    }

    /** The last offset that the segment itself notes as synced. */
    static long synced(Path segment) throws IOException {
        var bytes = java.nio.ByteBuffer.wrap(Files.readAllBytes(segment));
        bytes.position(Segment.MAGIC.length + 4);
        Lines lines = new Lines();
        long synced = 0;
        for (Lines.Found found = lines.next(bytes); found != null; found = lines.next(bytes)) {
            if (found instanceof Lines.Found.Synced(long offset)) {
                synced = offset;
            }
        }
        return synced;
    }

    static Header header(int epoch) {
        return new Header("installation", 1, epoch, "boot");
    }

    static Entry entry(int n) {
        return new Entry(new BatchId(1), new RowId(1, n), 1);
    }

    static List<Entry> entries(int batch, int count) {
        return IntStream.rangeClosed(1, count).mapToObj(n -> new Entry(new BatchId(batch), new RowId(batch, n), 1))
                .toList();
    }
}
