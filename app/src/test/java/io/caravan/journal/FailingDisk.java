package io.caravan.journal;

import java.io.IOException;
import java.nio.file.Path;

/** Real files on a disk that can be full, fail to sync, or forget at a power loss. */
final class FailingDisk implements Medium.Maker {

    volatile long room = Long.MAX_VALUE;
    volatile boolean syncFails;
    /** Happens when there is no room for the rest of a write, before anybody hears of it. */
    volatile Runnable whenFull = () -> {
    };

    @Override
    public Medium make(Path file) throws IOException {
        Medium real = Medium.file(file);
        return new Medium() {
            @Override
            public void write(byte[] bytes, int length) throws IOException {
                long fits = Math.min(room, length);
                real.write(bytes, (int) fits);
                room -= fits;
                if (fits < length) {
                    whenFull.run();
                    throw new IOException("No space left on device");
                }
            }

            @Override
            public void force() throws IOException {
                if (syncFails) {
                    throw new IOException("Input/output error");
                }
                real.force();
            }

            @Override
            public void cut(long length) throws IOException {
                real.cut(length);
            }

            @Override
            public void close() throws IOException {
                real.close();
            }
        };
    }
}
