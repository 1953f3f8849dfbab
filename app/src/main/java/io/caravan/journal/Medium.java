package io.caravan.journal;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Where a segment's bytes go. */
interface Medium extends Closeable {

    /** Appends all of it; when it throws, any part may have been written. */
    void write(byte[] bytes, int length) throws IOException;

    /** Returns when all that was written is on the disk (fdatasync). */
    void force() throws IOException;

    /** Cuts back to this length, on the disk too. */
    void cut(long length) throws IOException;

    /** How segments are made; tests put a failing disk here. */
    @FunctionalInterface
    interface Maker {
        Medium make(Path file) throws IOException;
    }

    /**
     * A plain file. Writing goes through the stream and not the channel: an interrupt closes a channel under all its users, and a sender
     * that is told to stop must not take the journal with it. Only the journal's own thread, which nobody interrupts, calls the rest.
     */
    static Medium file(Path file) throws IOException {
        FileOutputStream out = new FileOutputStream(file.toFile(), true);
        return new Medium() {
            @Override
            public void write(byte[] bytes, int length) throws IOException {
                out.write(bytes, 0, length);
            }

            @Override
            public void force() throws IOException {
                out.getChannel().force(false);
            }

            @Override
            public void cut(long length) throws IOException {
                out.getChannel().truncate(length).force(true);
            }

            @Override
            public void close() throws IOException {
                out.close();
            }
        };
    }

    /** Makes a name that was made, renamed or deleted in this folder outlast a power loss. */
    static void forceFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
