package io.caravan.journal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.BatchId;

/** One file of the journal. The journal's lock guards it, but for {@link #force}, which only the journal's own thread calls. */
final class Segment {

    static final byte[] MAGIC = {'C', 'A', 'R', 'A', 'V', 'A', 'N', 'J'};
    static final int FORMAT = 1;

    private final Path file;
    private final int epoch;
    private final Set<BatchId> open = new HashSet<>();
    private @Nullable Medium medium;
    private @Nullable BatchId latest;
    private long length;
    private long synced;
    private long marked;
    private boolean torn;

    /** One that an older epoch left. */
    Segment(Path file, int epoch, long length) {
        this.file = file;
        this.epoch = epoch;
        this.length = length;
        synced = length;
    }

    /** A new one, its header and its name on the disk: a crash leaves a whole header or no file. */
    static Segment create(Path folder, Header header, int number, Medium.Maker maker) throws IOException {
        Path file = folder.resolve(String.format("%010d-%06d.journal", header.epoch(), number));
        Path unborn = folder.resolve(file.getFileName() + ".new");
        Files.deleteIfExists(unborn);
        Segment segment = new Segment(file, header.epoch(), 0);
        ByteBuffer head = ByteBuffer.allocate(Lines.LONGEST).put(MAGIC).putInt(FORMAT);
        new Lines().header(head, header);
        Medium medium = maker.make(unborn);
        try {
            segment.medium = medium;
            segment.write(head);
            medium.force();
            segment.synced(segment.length);
            // a noted sync proves that all earlier segments are whole, which is not yet so
            segment.marked = segment.length;
            Files.move(unborn, file, StandardCopyOption.ATOMIC_MOVE);
            Medium.forceFolder(folder);
            return segment;
        } catch (IOException e) {
            medium.close();
            Files.deleteIfExists(unborn);
            throw e;
        }
    }

    /** Appends what was put into the buffer so far. */
    void write(ByteBuffer lines) throws IOException {
        torn = true;
        medium().write(lines.array(), lines.position());
        torn = false;
        length += lines.position();
    }

    void touches(BatchId batch) {
        if (!batch.equals(latest)) {
            open.add(batch);
            latest = batch;
        }
    }

    void settled(BatchId batch) {
        open.remove(batch);
        if (batch.equals(latest)) {
            latest = null;
        }
    }

    /** True if nothing in it waits for a settlement. */
    boolean isDone() {
        return open.isEmpty();
    }

    void force() throws IOException {
        medium().force();
    }

    void synced(long upTo) {
        synced = upTo;
    }

    /** The offset to note in the file as synced, or -1 if the file has it already. Whoever asks writes it. */
    long unmarked() {
        if (synced <= marked) {
            return -1;
        }
        marked = synced;
        return synced;
    }

    /** What was written and is not known to be on the disk. */
    ByteBuffer tail() throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            byte[] bytes = new byte[Math.toIntExact(length - synced)];
            in.seek(synced);
            in.readFully(bytes);
            return ByteBuffer.wrap(bytes);
        }
    }

    /** Forgets the tail, which another segment has taken over. */
    void cutTail() throws IOException {
        medium().cut(synced);
        length = synced;
        torn = false;
    }

    /** What was read of an older epoch ends there. */
    void cutBackTo(long end) {
        length = end;
        synced = end;
    }

    void takeOver(Segment other) {
        open.addAll(other.open);
    }

    /** No more will be written to it. */
    void retire() throws IOException {
        Medium last = medium;
        medium = null;
        if (last != null) {
            last.close();
        }
    }

    void delete() throws IOException {
        retire();
        Files.deleteIfExists(file);
    }

    int epoch() {
        return epoch;
    }

    long length() {
        return length;
    }

    /** False: bytes of it may be missing on the disk, or half a line may stand at its end. */
    boolean isSynced() {
        return synced >= length && !torn;
    }

    /** True: it is closed, and all of it is on the disk. */
    boolean isRetired() {
        return medium == null;
    }

    private Medium medium() throws IOException {
        Medium present = medium;
        if (present == null) {
            throw new IOException(file + " is closed");
        }
        return present;
    }
}
