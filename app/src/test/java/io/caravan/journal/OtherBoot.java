package io.caravan.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** Stands in for a loss of power: makes a journal look as if the machine had been started again since it was written. */
public final class OtherBoot {

    private OtherBoot() {
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
