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
 * The mails that wait for one relay or destination, and who takes them: an open connection that has nothing to do before a new one is made.
 * A relay's couriers wait beside it; a destination's are sent by the {@link Crew} and go when there is no mail.
 */
final class Lane {

    private static final int MAILS_A_COURIER = 4; // so many must wait before one more connection pays

    private final Relay relay;
    private final @Nullable Crew crew;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition forOpen = lock.newCondition();
    private final Condition forNew = lock.newCondition();
    private final Deque<Ticket> waiting = new ArrayDeque<>();
    private int open;
    private int idle;
    private int couriers;
    private int coming;
    private long restUntil;
    private boolean resting;
    private boolean stopped;

    Lane(Relay relay) {
        this(relay, null);
    }

    Lane(Relay relay, @Nullable Crew crew) {
        this.relay = relay;
        this.crew = crew;
    }

    /** True if a mail whose connection broke may come back: the next one may go to another host. */
    boolean hasOtherHosts() {
        return crew != null;
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
            recruit();
        } else {
            forOpen.signal();
        }
    }

    /** Before the first connection stands one courier is enough: the hosts may be dead. */
    private void recruit() {
        Crew from = crew;
        if (from == null || stopped || resting && open > 0 && System.nanoTime() - restUntil < 0) {
            return;
        }
        int most = open == 0 ? 1 : relay.connections();
        while (couriers < most && waiting.size() > idle + coming && couriers <= waiting.size() / MAILS_A_COURIER) {
            couriers++;
            coming++;
            from.wanted(this);
        }
    }

    /**
     * For a courier that the crew sent: a mail that is waiting now. Null: there is none for it, or others wait for its room, and it is no
     * longer of this lane.
     */
    @Nullable
    Ticket takeSent(boolean first) {
        lock.lock();
        try {
            coming -= first ? 1 : 0;
            boolean rests = resting && open > 0 && System.nanoTime() - restUntil < 0;
            if (stopped || rests || waiting.size() <= idle || !first && crew != null && crew.pressed(this)) {
                couriers--;
                recruit(); // at the end of those who wait
                return null;
            }
            resting = false;
            Ticket ticket = waiting.poll();
            recruit();
            return taken(ticket);
        } finally {
            lock.unlock();
        }
    }

    /** All that wait now, to be told that there is no service. */
    List<Ticket> takeAll() {
        lock.lock();
        try {
            List<Ticket> all = new ArrayList<>(waiting);
            waiting.clear();
            all.forEach(Ticket::leave);
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** True, and it takes no more mail, if nobody is here and nothing waits. */
    boolean retire() {
        lock.lock();
        try {
            stopped |= couriers == 0 && waiting.isEmpty();
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    /** Wakes connections that have no work: one of them should end. */
    void press() {
        lock.lock();
        try {
            forOpen.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void idle(int change) {
        idle += change;
        Crew from = crew;
        if (from != null && (idle == 0 || idle == 1 && change > 0)) {
            from.idle(this, idle > 0);
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
        idle(1);
        try {
            long until = System.nanoTime() + wait.toNanos();
            while (!stopped) {
                long left = until - System.nanoTime();
                Ticket ticket = waiting.poll();
                if (ticket != null || left <= 0 || crew != null && crew.pressed(this)) {
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
