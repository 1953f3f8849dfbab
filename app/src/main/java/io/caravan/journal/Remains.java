package io.caravan.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.caravan.mail.BatchId;
import io.caravan.mail.PermanentFault;

/**
 * Reads what older epochs left. A bad line at the end of a segment is cut off if it can only be one that nobody had acted on yet; any
 * other stops the node, because a lost line means a mail sent twice or never.
 */
final class Remains {

    private static final Logger LOG = LoggerFactory.getLogger(Remains.class);

    private final Path folder;
    private final Header now;
    private final Lines lines = new Lines();
    private final List<Segment> segments = new ArrayList<>();
    private final Map<BatchId, Map<Entry, Unsettled>> unsettled = new LinkedHashMap<>();
    /** Each epoch's latest segment that notes a sync: all segments before it were synced whole. */
    private final Map<Integer, Integer> lastProof = new LinkedHashMap<>();

    private Remains(Path folder, Header now) {
        this.folder = folder;
        this.now = now;
    }

    static Remains read(Path folder, Header now) throws IOException {
        Remains remains = new Remains(folder, now);
        List<Path> files = remains.files();
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            Part part = remains.part(files.get(i));
            if (remains.readLines(part)) {
                remains.lastProof.put(part.header.epoch(), i);
            }
            parts.add(part);
        }
        for (int i = 0; i < parts.size(); i++) {
            remains.judge(parts.get(i), i < remains.lastProof.getOrDefault(parts.get(i).header.epoch(), -1));
        }
        return remains;
    }

    List<Segment> segments() {
        return segments;
    }

    List<Unsettled> unsettled() {
        return unsettled.values().stream().flatMap(batch -> batch.values().stream()).toList();
    }

    /** A segment as found: {@code end} is where its whole lines end. */
    private static final class Part {
        final Path file;
        final Header header;
        final Segment segment;
        final long length;
        int end;

        Part(Path file, Header header, long length, int end) {
            this.file = file;
            this.header = header;
            this.length = length;
            this.end = end;
            segment = new Segment(file, header.epoch(), length);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            List<Path> files = all.sorted().toList();
            for (Path unborn : files.stream().filter(file -> file.toString().endsWith(".journal.new")).toList()) {
                Files.delete(unborn);
            }
            return files.stream().filter(file -> file.toString().endsWith(".journal")).toList();
        }
    }

    private Part part(Path file) throws IOException {
        ByteBuffer bytes = bytes(file);
        byte[] magic = new byte[Segment.MAGIC.length];
        if (bytes.remaining() >= magic.length + Integer.BYTES) {
            bytes.get(magic);
            int format = bytes.getInt();
            if (Arrays.equals(magic, Segment.MAGIC) && format != Segment.FORMAT) {
                throw new PermanentFault(
                        "The journal " + file + " has format " + format + ", this version reads " + Segment.FORMAT
                                + ": start the version that wrote it and stop it in peace, then start this one again.");
            }
            if (Arrays.equals(magic, Segment.MAGIC) && next(file, bytes) instanceof Lines.Found.Head(Header header)) {
                refuseStrangers(file, header);
                return new Part(file, header, bytes.limit(), bytes.position());
            }
        }
        throw new PermanentFault("The journal " + file
                + " does not begin with a whole header: it was damaged or is no journal. "
                + "Restore it from the disk's backup, or move it away and settle by hand what the `doubt` verb lists.");
    }

    private void refuseStrangers(Path file, Header header) {
        if (!header.installation().equals(now.installation())) {
            throw new PermanentFault("The journal " + file + " belongs to the database " + header.installation()
                    + ", this one is " + now.installation()
                    + ": point Caravan at the journal's own database, or move the folder "
                    + folder + " away if that database is gone for good.");
        }
        if (header.node() != now.node()) {
            throw new PermanentFault(
                    "The journal " + file + " belongs to node " + header.node() + ", this is node " + now.node()
                            + ": give each node a data folder of its own, not a copy.");
        }
        if (header.epoch() >= now.epoch()) {
            throw new PermanentFault("The journal " + file + " is of epoch " + header.epoch()
                    + ", but the database counts this start as "
                    + now.epoch()
                    + ": the database is older than the journal (restored from a backup?). Restore the newer one, or "
                    + "move the folder " + folder + " away: what was sent since that backup is then unknown.");
        }
    }

    /** Keeps how far each attempt came; true if a note of a sync stands in it. */
    private boolean readLines(Part part) throws IOException {
        ByteBuffer bytes = bytes(part.file).position(part.end);
        boolean proof = false;
        for (Lines.Found found = next(part.file, bytes); found != null; found = next(part.file, bytes)) {
            switch (found) {
                case Lines.Found.Of(Entry entry, Line line) -> {
                    unsettled.computeIfAbsent(entry.batch(), _ -> new LinkedHashMap<>())
                            .merge(entry, new Unsettled(entry, line, part.header.epoch(), part.header.bootId()),
                                    Unsettled::or);
                    part.segment.touches(entry.batch());
                }
                case Lines.Found.Settled(BatchId batch) -> {
                    unsettled.remove(batch);
                    segments.forEach(segment -> segment.settled(batch));
                    part.segment.settled(batch);
                }
                case Lines.Found.Synced _ -> proof = true;
                case Lines.Found.Head _ -> throw bad(part, bytes.position());
            }
        }
        part.end = bytes.position();
        segments.add(part.segment);
        return proof;
    }

    /**
     * Cuts the torn end off, or stops. Up to the last noted sync every byte must be good. Behind it, a machine that stayed up has lost
     * nothing: only an unfinished last line may be bad. One that went down may have any of it written or not.
     */
    private void judge(Part part, boolean syncedWhole) throws IOException {
        if (part.end == part.length) {
            return;
        }
        boolean sameBoot = part.header.bootId().equals(now.bootId());
        if (syncedWhole || goesOnAfter(part, sameBoot)) {
            throw bad(part, part.end);
        }
        LOG.warn("journal torn-tail file={} kept={} cut={}", part.file.getFileName(), part.end, part.length - part.end);
        try (FileChannel channel = FileChannel.open(part.file, StandardOpenOption.WRITE)) {
            channel.truncate(part.end).force(true);
        }
        part.segment.cutBackTo(part.end);
    }

    private boolean goesOnAfter(Part part, boolean sameBoot) throws IOException {
        ByteBuffer bytes = bytes(part.file);
        for (int at = part.end + 1; at < part.length; at++) {
            Lines.Found found = next(part.file, bytes.position(at));
            if (found != null && (sameBoot || found instanceof Lines.Found.Synced(long offset) && offset > part.end)) {
                return true;
            }
        }
        return false;
    }

    private Lines.@Nullable Found next(Path file, ByteBuffer bytes) {
        int at = bytes.position();
        try {
            return lines.next(bytes);
        } catch (RuntimeException e) {
            throw new PermanentFault("The journal " + file + " has a line at byte " + at
                    + " that this version cannot read: start the version that wrote it.", e);
        }
    }

    private static PermanentFault bad(Part part, long at) {
        return new PermanentFault("The journal " + part.file + " is damaged at byte " + at + " of " + part.length
                + ", before its end. What was sent cannot be told from it, so nothing is sent. Check the disk; restore the file, or move "
                + "it away and settle by hand what the `doubt` verb lists.");
    }

    private static ByteBuffer bytes(Path file) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(file));
    }
}
