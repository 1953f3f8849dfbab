package io.caravan.transport;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * The mails that wait for one relay, and who takes them: an open connection that has nothing to do before a new one is made.
 */
final class Lane {

    private final Relay relay;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition forOpen = lock.newCondition();
    private final Condition forNew = lock.newCondition();
    private final Deque<Ticket> waiting = new ArrayDeque<>();
    private int open;
    private int idle;
    private long restUntil;
    private boolean resting;
    private boolean stopped;

    Lane(Relay relay) {
        this.relay = relay;
    }

    Relay relay() {
        return relay;
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
        } else {
            forOpen.signal();
        }
    }

    /** For a courier without connection: waits for a mail that no idle connection will take. Null: stopped. */
    @Nullable
    Ticket takeNew() {
        lock.lock();
        try {
            while (!stopped) {
                long rest = resting && open > 0 ? restUntil - System.nanoTime() : 0;
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

    /** For a connection without work: waits at most so long. Null: nothing came, or stopped. */
    @Nullable
    Ticket takeOpen(Duration wait) {
        lock.lock();
        idle++;
        try {
            long until = System.nanoTime() + wait.toNanos();
            while (!stopped) {
                long left = until - System.nanoTime();
                Ticket ticket = waiting.poll();
                if (ticket != null || left <= 0) {
                    return taken(ticket);
                }
                await(forOpen, left);
            }
            return null;
        } finally {
            idle--;
            if (waiting.size() > idle) {
                forNew.signal();
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

    private static @Nullable Ticket taken(@Nullable Ticket ticket) {
        if (ticket != null) {
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
        } finally {
            lock.unlock();
        }
    }

    void closed() {
        lock.lock();
        try {
            open--;
            forNew.signalAll(); // whoever rests may have to find out whether the relay is down
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
