package io.caravan.transport;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * The mails that wait for one relay or destination, and who takes them: an open connection that has nothing to do before a new one is made.
 * A relay's couriers wait beside it.
 */
sealed class Lane permits CrewLane {

    final ReentrantLock lock = new ReentrantLock();
    final Condition forOpen = lock.newCondition();
    final Deque<Ticket> waiting = new ArrayDeque<>();
    private final Condition forNew = lock.newCondition();
    private final Relay relay;
    private final Set<Ticket> dialling = new HashSet<>();
    private volatile @Nullable String silence;
    private final Set<String> notRelayed = new HashSet<>(); // its monitor guards it
    private volatile boolean relays = true;
    private long restUntil;
    int open;
    int idle;
    boolean resting;
    boolean stopped;

    Lane(Relay relay) {
        this.relay = relay;
    }

    /** True if a connection may go to another host than the last one. */
    boolean hasOtherHosts() {
        return false;
    }

    Relay relay() {
        return relay;
    }

    /** What is wrong with a relay that does not answer on any connection; null: nothing is. */
    @Nullable
    String silence() {
        return silence;
    }

    void falls(@Nullable String silent) {
        silence = silent;
    }

    /**
     * The relay said of mail to this domain that it does not relay for us.
     *
     * @return true if it relays for nobody: it said so of another domain before, and nothing else of any recipient since
     */
    boolean refusesToRelay(String domain) {
        synchronized (notRelayed) {
            relays = false;
            if (notRelayed.size() < 2) {
                notRelayed.add(domain);
            }
            return notRelayed.size() > 1;
        }
    }

    /** The relay said something else of a recipient. */
    void relays() {
        if (!relays) {
            synchronized (notRelayed) {
                relays = true;
                notRelayed.clear();
            }
        }
    }

    /** False: stopped, it was not taken. */
    boolean add(Ticket ticket) {
        return put(ticket, false);
    }

    boolean putFirst(Ticket ticket) {
        return put(ticket, true);
    }

    private boolean put(Ticket ticket, boolean first) {
        lock.lock();
        try {
            if (stopped) {
                return false;
            }
            if (first) {
                waiting.addFirst(ticket);
            } else {
                waiting.addLast(ticket);
            }
            wake();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        if (waiting.size() > idle) {
            forNew.signal();
            recruit();
        } else {
            forOpen.signal();
        }
    }

    /** More waits than idle connections will take; called under the lock, as the other two are. */
    void recruit() {
        // a relay's couriers were woken
    }

    /** The number of connections without work has changed from zero, or to it. */
    void idles(boolean some) {
        // nobody else needs a relay's connections
    }

    /** True if a connection without work should end, to make room for another lane's. */
    boolean isPressed() {
        return false;
    }

    /** Somebody has taken a mail; under the lock. */
    void takes() {
        // a relay's couriers look by themselves
    }

    private void idle(int change) {
        idle += change;
        if (idle == 0 || idle == 1 && change > 0) {
            idles(idle > 0);
        }
    }

    /** For a courier without connection: waits for a mail that no idle connection will take. Null: stopped. */
    @Nullable
    Ticket takeNew() {
        lock.lock();
        try {
            while (!stopped) {
                long rest = restsFor();
                if (waiting.size() <= idle) {
                    forNew.awaitUninterruptibly();
                } else if (rest > 0) {
                    await(forNew, rest);
                } else {
                    resting = false;
                    return taken(waiting.poll());
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Nanoseconds in which no new connection is tried beside the open ones; none: it may be. */
    long restsFor() {
        return resting && open > 0 ? restUntil - System.nanoTime() : 0;
    }

    /** For a connection without work: waits at most so long. Null: nothing came, or stopped. */
    @Nullable
    Ticket takeOpen(Duration wait) {
        lock.lock();
        idle(1);
        try {
            long until = System.nanoTime() + wait.toNanos();
            while (!stopped) {
                long left = until - System.nanoTime();
                Ticket ticket = waiting.poll();
                if (ticket != null || left <= 0 || isPressed()) {
                    return taken(ticket);
                }
                await(forOpen, left);
            }
            return null;
        } finally {
            idle(-1);
            if (waiting.size() > idle) {
                forNew.signal();
                recruit();
            }
            lock.unlock();
        }
    }

    /** A mail if one is waiting now. */
    @Nullable
    Ticket poll() {
        lock.lock();
        try {
            // what idle connections were woken for is theirs: they send it a round trip earlier
            return stopped || waiting.size() <= idle ? null : taken(waiting.poll());
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    Ticket taken(@Nullable Ticket ticket) {
        if (ticket != null) {
            takes();
            ticket.leave();
        }
        return ticket;
    }

    private static void await(Condition condition, long nanos) {
        try {
            condition.awaitNanos(nanos);
        } catch (InterruptedException e) {
            // nobody has a reason to interrupt a courier: stop() wakes by signal, and a loop around this looks again
        }
    }

    void opened() {
        lock.lock();
        try {
            open++;
            recruit();
        } finally {
            lock.unlock();
        }
    }

    void closed() {
        lock.lock();
        try {
            open--;
            forNew.signalAll(); // whoever rests may have to find out whether the relay is down
            recruit();
        } finally {
            lock.unlock();
        }
    }

    int open() {
        lock.lock();
        try {
            return open;
        } finally {
            lock.unlock();
        }
    }

    boolean isStopped() {
        lock.lock();
        try {
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** A courier makes a connection for it; until it has one, this mail may go another way. */
    void dials(Ticket ticket) {
        lock.lock();
        try {
            dialling.add(ticket);
        } finally {
            lock.unlock();
        }
    }

    /** False: it has gone another way. */
    boolean dialled(Ticket ticket) {
        lock.lock();
        try {
            return dialling.remove(ticket);
        } finally {
            lock.unlock();
        }
    }

    /** All mail that has another relay to go to and whose envelope is not out. */
    List<Ticket> takeMovable() {
        lock.lock();
        try {
            List<Ticket> movable = new ArrayList<>();
            dialling.removeIf(ticket -> ticket.hasAnother() && movable.add(ticket));
            waiting.removeIf(ticket -> ticket.hasAnother() && movable.add(ticket));
            return movable;
        } finally {
            lock.unlock();
        }
    }

    /** The relay takes no further connection beside the open ones: no new one for so long. False: none is open any more. */
    boolean restFromOpening(Duration time) {
        lock.lock();
        try {
            resting = open > 0;
            restUntil = System.nanoTime() + time.toNanos();
            return resting;
        } finally {
            lock.unlock();
        }
    }

    /** Takes and gives nothing any more; what was waiting is the caller's. */
    List<Ticket> stop() {
        lock.lock();
        try {
            stopped = true;
            List<Ticket> left = new ArrayList<>(waiting);
            waiting.clear();
            forNew.signalAll();
            forOpen.signalAll();
            return left;
        } finally {
            lock.unlock();
        }
    }
}
