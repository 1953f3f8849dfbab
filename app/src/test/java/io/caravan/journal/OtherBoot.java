package io.caravan.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Stands in for a loss of power: makes a journal look as if the machine had been started again since it was written, and takes from it all
 * that need not have been on the disk.
 */
public final class OtherBoot {

    private OtherBoot() {
    }

    /**
     * Cuts the newest segment back to what certainly was synced: as far as the journal notes by itself, and at least to the last line
     * <em>ready</em> of a mail whose dot follows, since none leaves the queue before. Says how many bytes it took.
     */
    public static long cutToSynced(Path folder) throws IOException {
        Path newest;
        try (Stream<Path> files = Files.list(folder)) {
            newest = files.filter(file -> file.toString().endsWith(".journal")).sorted().reduce((_, last) -> last)
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(newest);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).position(Segment.MAGIC.length + Integer.BYTES);
        Lines lines = new Lines();
        Map<Entry, Integer> ready = new HashMap<>();
        long synced = 0;
        for (Lines.Found found = lines.next(buffer); found != null; found = lines.next(buffer)) {
            synced = Math.max(synced, switch (found) {
                case Lines.Found.Of(Entry entry, Line.Ready _) -> {
                    ready.put(entry, buffer.position());
                    yield 0;
                }
                case Lines.Found.Of(Entry entry, Line.Dot _) -> ready.getOrDefault(entry, 0);
                case Lines.Found.Synced(long offset) -> offset;
                case Lines.Found.Head _ -> buffer.position();
                case Lines.Found.Of _,Lines.Found.Settled _ -> 0;
            });
        }
        Files.write(newest, Arrays.copyOf(bytes, Math.toIntExact(synced)));
        return bytes.length - synced;
    }

    /** Gives every segment's header another boot id, of the same length. */
    public static void pretend(Path folder) throws IOException {
        List<Path> segments;
        try (Stream<Path> files = Files.list(folder)) {
            segments = files.filter(file -> file.toString().endsWith(".journal")).toList();
        }
        for (Path segment : segments) {
            byte[] bytes = Files.readAllBytes(segment);
            ByteBuffer buffer = ByteBuffer.wrap(bytes).position(Segment.MAGIC.length + Integer.BYTES);
            Lines lines = new Lines();
            if (!(lines.next(buffer) instanceof Lines.Found.Head(Header header))) {
                throw new IOException(segment + " has no header");
            }
            lines.header(buffer.position(Segment.MAGIC.length + Integer.BYTES),
                    new Header(header.installation(), header.node(), header.epoch(), UUID.randomUUID().toString()));
            Files.write(segment, bytes);
        }
    }
}
