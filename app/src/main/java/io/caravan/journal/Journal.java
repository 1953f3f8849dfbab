package io.caravan.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.BatchId;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.PermanentFault;
import io.caravan.mail.TemporaryFault;

/**
 * The journal of one node and epoch: it is written before what it tells of happens, so that after a crash the next epoch knows which
 * mails went out. All methods may be called from any thread.
 *
 * <p>When the disk refuses a line the journal is {@link #broken()}: whoever wants to write gets a {@link TemporaryFault} and must not
 * send. Once a second it tries to go on in a new segment, and takes over what was not on the disk yet.
 */
public final class Journal implements AutoCloseable {

    /**
     * @param segment bytes after which a new segment is begun
     * @param sync    longest time that a line which nobody waits for stays unsynced
     * @param mend    pause between attempts to go on after the disk refused
     */
    public record Options(long segment, Duration sync, Duration mend, InstantSource clock) {
        public static final Options DEFAULT = new Options(16L << 20, Duration.ofMillis(20), Duration.ofSeconds(1),
                InstantSource.system());
    }

    private final InstantSource clock;
    private final Pen pen;
    private volatile List<Unsettled> unsettled;

    private Journal(Path folder, Header header, Options options, Medium.Maker maker) throws IOException {
        clock = options.clock();
        Remains remains = Remains.read(folder, header);
        unsettled = remains.unsettled();
        pen = new Pen(folder, options, new Chain(folder, header, maker, remains.segments()));
    }

    public static Journal open(Path folder, Header header) {
        return open(folder, header, Options.DEFAULT);
    }

    /**
     * Reads what older epochs left and begins a new segment.
     *
     * @throws PermanentFault the folder holds a journal of another database or node, or a damaged one
     * @throws TemporaryFault it cannot be read or written
     */
    public static Journal open(Path folder, Header header, Options options) {
        return open(folder, header, options, Medium::file);
    }

    static Journal open(Path folder, Header header, Options options, Medium.Maker maker) {
        try {
            Files.createDirectories(folder);
            Journal journal = new Journal(folder, header, options, maker);
            journal.pen.start();
            return journal;
        } catch (IOException e) {
            throw new TemporaryFault("The journal folder " + folder + " cannot be used (" + e
                    + "): make room there and let this user write to it.", e);
        }
    }

    /** How far each attempt came that older epochs left, settled batches left out, in the order of their first lines. */
    public List<Unsettled> unsettled() {
        return unsettled;
    }

    /**
     * The finished mails may leave the queue when this returns: their lines are on the disk. One sync serves all who wait.
     *
     * @throws TemporaryFault they are not, so the mails must not be sent
     */
    public void ready(List<Entry> entries) {
        pen.writeAndSync(entries);
    }

    /** As {@link #dot(Entry, String)}, to a host that is not known. */
    public void dot(Entry entry) {
        dot(entry, "");
    }

    /**
     * Just before the final dot to {@code host}. Written when this returns, so that a kill of this process cannot lose it; not synced.
     *
     * @throws TemporaryFault it could not be written: the dot must not be sent
     */
    public void dot(Entry entry, String host) {
        long now = clock.millis();
        pen.write(entry.batch(), (lines, buffer) -> lines.dot(buffer, entry, now, host));
    }

    /**
     * The attempt's result, written when this returns, not synced. Addresses in the reply are left out.
     *
     * @throws TemporaryFault it could not be written; the result is still to be settled
     */
    public void replied(Entry entry, DeliveryResult result) {
        pen.write(entry.batch(), (lines, buffer) -> lines.replied(buffer, entry, result));
    }

    /**
     * All in the batch is settled in the database, and that is committed: no line of it may follow. A segment of which every batch is
     * settled goes. Never throws, for what is settled must not wait for a disk.
     */
    public void settled(BatchId batch) {
        pen.settled(batch);
    }

    /** What older epochs left is settled in the database, and that is committed: their segments go. */
    public void forgetOlder() {
        unsettled = List.of();
        pen.dropOlder();
    }

    /** Length of all segments. */
    public long bytes() {
        return pen.bytes();
    }

    /** Why it cannot be written, null while it can. */
    public @Nullable String broken() {
        return pen.broken();
    }

    /** Syncs and closes; takes the last segment away if all in it is settled. */
    @Override
    public void close() {
        pen.close();
    }
}
