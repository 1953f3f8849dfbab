package io.caravan.transport;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Cuts connections whose time is up. Socket timeouts would not do: they end a single read, not a reply that comes a byte at a time, they
 * know nothing of writes, and they cost two system calls a read.
 */
final class Watchdog implements AutoCloseable {

    private final Set<Wire> watched = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private final Set<Socket> dialling = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;
    private volatile boolean cut;

    Watchdog(Waits waits) {
        long pause = Math.clamp(waits.shortest().toMillis() / 10, 5, 1000);
        thread = Thread.ofPlatform().daemon().name("smtp-watchdog").start(() -> watch(Duration.ofMillis(pause)));
    }

    void watch(Wire wire) {
        watched.add(wire);
        if (cut) {
            wire.cut("cut off");
        }
    }

    void forget(Wire wire) {
        watched.remove(wire);
    }

    /** A socket that is still connecting: its own timeout does, unless everything is cut. */
    void connecting(Socket socket) throws IOException {
        dialling.add(socket);
        if (cut) {
            socket.close();
        }
    }

    void connected(Socket socket) {
        dialling.remove(socket);
    }

    /** Ends all connections, and whatever is opened from now on. */
    void cutAll(String because) {
        cut = true;
        for (Socket socket : dialling) {
            try {
                socket.close();
            } catch (IOException e) {
                // then it times out
            }
        }
        watched.forEach(wire -> wire.cut(because));
    }

    private void watch(Duration pause) {
        while (!closed) {
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                return; // only close() interrupts
            }
            long now = System.nanoTime();
            watched.forEach(wire -> wire.cutIfLate(now));
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
