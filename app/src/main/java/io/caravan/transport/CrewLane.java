package io.caravan.transport;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** A destination's lane: its couriers are sent by the {@link Crew} and go when there is no mail. */
final class CrewLane extends Lane {

    private static final int MAILS_A_COURIER = 4; // so many must wait before one more connection pays
    private static final long PATIENCE_NANOS = 1_000_000_000L; // or so long, behind connections that all hang

    private final Crew crew;
    private int couriers;
    private int coming;
    private long takes;
    private long takesSeen;
    private long movedAt = System.nanoTime();

    CrewLane(Relay relay, Crew crew) {
        super(relay);
        this.crew = crew;
    }

    @Override
    boolean hasOtherHosts() {
        return true;
    }

    /** Before the first connection stands one courier is enough: the hosts may be dead. */
    @Override
    void recruit() {
        if (stopped || restsFor() > 0) {
            return;
        }
        while (couriers < most() && waiting.size() > idle + coming && couriers <= waiting.size() / MAILS_A_COURIER) {
            ask();
        }
    }

    private int most() {
        return open == 0 ? 1 : relay().connections();
    }

    private void ask() {
        couriers++;
        coming++;
        crew.wanted(this);
    }

    /**
     * From time to time: nobody else comes when a rest is over while the open connections hang, and a few mails must not wait for as long
     * as they do.
     */
    void lookAgain() {
        lock.lock();
        try {
            recruit();
            long now = System.nanoTime();
            if (takes != takesSeen || waiting.isEmpty()) {
                takesSeen = takes;
                movedAt = now;
            } else if (now - movedAt > PATIENCE_NANOS && !stopped && restsFor() <= 0 && idle + coming == 0
                    && couriers < most()) {
                movedAt = now;
                ask();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    void takes() {
        takes++;
    }

    @Override
    void idles(boolean some) {
        crew.idle(this, some);
    }

    @Override
    boolean isPressed() {
        return crew.pressed(this);
    }

    /**
     * For a courier that the crew sent: a mail that is waiting now. Null: there is none for it, or others wait for its room, and it is no
     * longer of this lane.
     *
     * @param first it has just come
     */
    @Nullable
    Ticket take(boolean first) {
        lock.lock();
        try {
            coming -= first ? 1 : 0;
            if (stopped || restsFor() > 0 || waiting.size() <= idle || !first && isPressed()) {
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
}
