package io.caravan.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.caravan.mail.BatchId;
import io.caravan.mail.DeliveryResult;

/** The journal's segments, the one that is written to at the end. The journal's lock guards it, but for {@link #unborn}. */
final class Chain {

    private static final Logger LOG = LoggerFactory.getLogger(Chain.class);

    private final Path folder;
    private final Header header;
    private final Medium.Maker maker;
    private final List<Segment> earlier;
    private final ByteBuffer buffer = ByteBuffer.allocate(4 * Lines.LONGEST);
    private final Lines lines = new Lines();
    private Segment current;
    private int number;

    Chain(Path folder, Header header, Medium.Maker maker, List<Segment> older) throws IOException {
        this.folder = folder;
        this.header = header;
        this.maker = maker;
        earlier = new ArrayList<>(older);
        current = unborn();
    }

    Segment current() {
        return current;
    }

    /** A new segment, not in the chain yet. Only the journal's own thread asks. */
    Segment unborn() throws IOException {
        return Segment.create(folder, header, ++number, maker);
    }

    /** Lines go there from now on. */
    void append(Segment next) {
        earlier.add(current);
        current = next;
    }

    void settled(BatchId batch) {
        current.settled(batch);
        earlier.forEach(segment -> segment.settled(batch));
        dropDone();
    }

    void dropDone() {
        drop(segment -> segment.isDone() && segment.isRetired());
    }

    void dropOlder() {
        drop(segment -> segment.epoch() != header.epoch());
    }

    long bytes() {
        return current.length() + earlier.stream().mapToLong(Segment::length).sum();
    }

    /**
     * Goes on in a new segment. Lines that may not have reached the disk are written again there, and then cut off where they were, so
     * that no segment keeps a hole.
     */
    void mend() throws IOException {
        List<Segment> torn = new ArrayList<>(earlier);
        torn.add(current);
        torn.removeIf(Segment::isSynced);
        append(copied(torn));
        for (Segment segment : torn) {
            segment.cutTail();
        }
        for (Segment segment : earlier) {
            segment.retire();
        }
    }

    void close() throws IOException {
        current.retire();
        if (current.isDone() && current.isSynced()) {
            current.delete();
        }
    }

    private Segment copied(List<Segment> torn) throws IOException {
        Segment next = unborn();
        try {
            for (Segment segment : torn) {
                copyTail(segment, next);
            }
            next.force();
            next.synced(next.length());
            return next;
        } catch (IOException e) {
            next.delete();
            throw e;
        }
    }

    private void copyTail(Segment from, Segment to) throws IOException {
        ByteBuffer tail = from.tail();
        buffer.clear();
        for (Lines.Found found = lines.next(tail); found != null; found = lines.next(tail)) {
            copy(found);
            if (buffer.remaining() < 2 * Lines.LONGEST) {
                to.write(buffer);
                buffer.clear();
            }
        }
        to.write(buffer);
        to.takeOver(from);
    }

    private void copy(Lines.Found found) {
        switch (found) {
            case Lines.Found.Of(Entry entry, Line.Ready()) -> lines.ready(buffer, entry);
            case Lines.Found.Of(Entry entry, Line.Dot(var at, String host)) ->
                lines.dot(buffer, entry, at.toEpochMilli(), host);
            case Lines.Found.Of(Entry entry, Line.Replied(DeliveryResult result)) ->
                lines.replied(buffer, entry, result);
            case Lines.Found.Settled(BatchId batch) -> lines.settled(buffer, batch);
            case Lines.Found.Synced _,Lines.Found.Head _ -> {
                // true of the other file only
            }
        }
    }

    private void drop(Predicate<Segment> which) {
        earlier.removeIf(segment -> which.test(segment) && deleted(segment));
    }

    private static boolean deleted(Segment segment) {
        try {
            segment.delete();
            return true;
        } catch (IOException e) {
            LOG.warn("journal segment-stays why=\"{}\"", e.getMessage());
            return false;
        }
    }
}
