package io.caravan.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.caravan.mail.BatchId;
import io.caravan.mail.TemporaryFault;

/**
 * Writes lines for many threads through one buffer, and has a thread of its own that syncs them, begins new segments and mends: the
 * writers do nothing but write.
 */
final class Pen {

    private static final Logger LOG = LoggerFactory.getLogger(Pen.class);
    private static final int BUFFER = 1 << 20;

    private final Path folder;
    private final Journal.Options options;
    private final Chain segments;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition progress = lock.newCondition();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private final Lines lines = new Lines();
    private final Thread syncer = Thread.ofPlatform().name("journal-sync").daemon().unstarted(this::keepSynced);
    /** Bytes of this epoch, over all segments: written, and known to be on the disk. */
    private long written;
    private long safe;
    private int waiting;
    private boolean closed;
    private @Nullable String broken;

    Pen(Path folder, Journal.Options options, Chain segments) {
        this.folder = folder;
        this.options = options;
        this.segments = segments;
    }

    void start() {
        syncer.start();
    }

    void write(BatchId batch, BiConsumer<Lines, ByteBuffer> line) {
        lock.lock();
        try {
            put(batch, line);
            flush();
        } finally {
            buffer.clear();
            lock.unlock();
        }
    }

    void writeAndSync(List<Entry> ready) {
        lock.lock();
        try {
            for (Entry entry : ready) {
                put(entry.batch(), (to, bytes) -> to.ready(bytes, entry));
                if (buffer.remaining() < 2 * Lines.LONGEST) {
                    flush();
                }
            }
            flush();
            awaitSync();
        } finally {
            buffer.clear();
            lock.unlock();
        }
    }

    void settled(BatchId batch) {
        lock.lock();
        try {
            if (broken == null && !closed) {
                put(batch, (to, bytes) -> to.settled(bytes, batch));
                flush();
            }
        } catch (TemporaryFault e) {
            LOG.debug("journal settled-line-lost batch={}", batch, e);
        } finally {
            buffer.clear();
            segments.settled(batch);
            lock.unlock();
        }
    }

    void dropOlder() {
        locked(() -> {
            segments.dropOlder();
            return 0;
        });
    }

    long bytes() {
        return locked(segments::bytes);
    }

    @Nullable
    String broken() {
        return locked(() -> broken);
    }

    void close() {
        locked(() -> {
            closed = true;
            work.signalAll();
            return 0;
        });
        boolean interrupted = false;
        while (syncer.isAlive()) {
            try {
                syncer.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private <T extends @Nullable Object> T locked(Supplier<T> what) {
        lock.lock();
        try {
            return what.get();
        } finally {
            lock.unlock();
        }
    }

    /** Refuses if it must, and notes the last sync in the same write as the line that follows. */
    private void put(BatchId batch, BiConsumer<Lines, ByteBuffer> line) {
        if (closed) {
            throw new TemporaryFault("The journal " + folder + " is closed: the node is stopping.");
        }
        if (broken != null) {
            throw new TemporaryFault(broken);
        }
        long synced = segments.current().unmarked();
        if (synced >= 0) {
            lines.synced(buffer, synced);
        }
        line.accept(lines, buffer);
        segments.current().touches(batch);
    }

    private void flush() {
        int length = buffer.position();
        if (length == 0) {
            return;
        }
        try {
            segments.current().write(buffer);
        } catch (IOException e) {
            throw new TemporaryFault(breakDown(e), e);
        } finally {
            buffer.clear();
        }
        if (written == safe) {
            work.signal();
        }
        written += length;
    }

    private void awaitSync() {
        long mine = written;
        waiting++;
        work.signal();
        try {
            while (safe < mine) {
                if (broken != null) {
                    throw new TemporaryFault(broken);
                }
                progress.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TemporaryFault(
                    "Interrupted while the journal was written: the mails that waited for it were not sent.", e);
        } finally {
            waiting--;
        }
    }

    private String breakDown(Throwable e) {
        String why = "The journal " + folder + " cannot be written (" + e.getMessage()
                + "): sending stops until it can. Make room on that disk or mend it.";
        if (broken == null) {
            LOG.error("journal broken folder={} why=\"{}\"", folder, e.getMessage(), e);
        }
        broken = why;
        progress.signalAll();
        work.signal();
        return why;
    }

    private void keepSynced() {
        try {
            while (awaitWork()) {
                try {
                    if (broken() == null) {
                        sync();
                    } else {
                        mend();
                    }
                } catch (IOException | RuntimeException | Error e) {
                    locked(() -> breakDown(e));
                }
            }
            last();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the journal's thread", e);
        }
    }

    /** Returns when there is something to sync or to mend; false: closed, and no more to sync. */
    private boolean awaitWork() throws InterruptedException {
        lock.lock();
        try {
            while (written == safe && broken == null && !closed) {
                work.await();
            }
            long left = (broken == null ? options.sync() : options.mend()).toNanos();
            while (left > 0 && !closed && (waiting == 0 || broken != null)) {
                left = work.awaitNanos(left);
            }
            return !closed || broken == null && written > safe;
        } finally {
            lock.unlock();
        }
    }

    private void sync() throws IOException {
        Segment segment;
        long target;
        long length;
        lock.lock();
        try {
            segment = segments.current();
            target = written;
            length = segment.length();
        } finally {
            lock.unlock();
        }
        segment.force();
        settle(segment, length, target);
        if (length >= options.segment()) {
            rotate();
        }
    }

    private void settle(Segment segment, long length, long target) {
        lock.lock();
        try {
            segment.synced(length);
            safe = target;
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Writers go over to a new segment between two lines and never wait for this. */
    private void rotate() throws IOException {
        Segment next = segments.unborn();
        Segment full;
        long target;
        lock.lock();
        try {
            full = segments.current();
            segments.append(next);
            target = written;
        } finally {
            lock.unlock();
        }
        full.force();
        settle(full, full.length(), target);
        lock.lock();
        try {
            if (full.isSynced()) {
                full.retire();
            }
            segments.dropDone();
        } finally {
            lock.unlock();
        }
    }

    private void mend() throws IOException {
        lock.lock();
        try {
            segments.mend();
            safe = written;
            broken = null;
        } finally {
            lock.unlock();
        }
        LOG.info("journal mended folder={}", folder);
    }

    private void last() {
        lock.lock();
        try {
            segments.close();
        } catch (IOException e) {
            LOG.warn("journal close why=\"{}\"", e.getMessage());
        } finally {
            lock.unlock();
        }
    }
}
