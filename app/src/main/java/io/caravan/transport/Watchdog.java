package io.caravan.transport;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Cuts connections whose time is up. Socket timeouts would not do: they end a single read, not a reply that comes a byte at a time, they
 * know nothing of writes, and they cost two system calls a read.
 */
final class Watchdog implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Watchdog.class.getName());

    /** What is heard of a relay, or on a connection. */
    enum Hearing {
        NOTHING_YET, SPEAKS, SILENT
    }

    private final Set<Wire> watched = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private final Map<Socket, Long> dialling = new ConcurrentHashMap<>(); // and until when, by nanoTime
    private volatile Runnable round = () -> {
    };
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

    /** Also does this, each time that it looks; it must not wait for anything. */
    void alsoDoes(Runnable what) {
        round = what;
    }

    /** Of all connections to it: it speaks if it does on one, and is silent if at least one is kept waiting for so long. */
    Hearing hearing(Relay relay, Duration patience) {
        long now = System.nanoTime();
        Hearing heard = Hearing.NOTHING_YET;
        for (Wire wire : watched) {
            if (wire.relay().equals(relay)) {
                Hearing here = wire.hearing(now, patience.toNanos());
                if (here == Hearing.SPEAKS) {
                    return here;
                }
                heard = here == Hearing.SILENT ? here : heard;
            }
        }
        return heard;
    }

    void forget(Wire wire) {
        watched.remove(wire);
    }

    /** A socket that is still connecting: it is closed when this has taken longer than {@code wait}. */
    void connecting(Socket socket, Duration wait) throws IOException {
        dialling.put(socket, System.nanoTime() + wait.toNanos());
        if (cut) {
            socket.close();
        }
    }

    /** True: it was still in its time. */
    boolean connected(Socket socket) {
        return dialling.remove(socket) != null;
    }

    /** Ends all connections, and whatever is opened from now on. */
    void cutAll(String because) {
        cut = true;
        dialling.keySet().forEach(Watchdog::close);
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
            dialling.forEach((socket, until) -> {
                if (now - until > 0 && dialling.remove(socket) != null) {
                    close(socket);
                }
            });
            watched.forEach(wire -> wire.cutIfLate(now));
            doRound();
        }
    }

    private void doRound() {
        try {
            round.run();
        } catch (RuntimeException e) { // without this thread no connection would ever end
            LOG.log(Level.ERROR, "event=watchdog-round-failed", e);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is of no more use in either case
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
