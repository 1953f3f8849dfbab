package io.caravan.transport;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * Sends couriers to lanes while there is {@link MxRoom}, in the order in which the lanes asked. A lane that finds all taken gets the next
 * that has nothing to do.
 *
 * <p>Couriers are virtual threads: one that waits for a dead host costs next to nothing, and the switch of threads vanishes in the round trip
 * to a stranger's host.
 */
final class MxCrew implements Crew {

    private static final long TICK_MILLIS = 250;

    /** What a courier tells of itself. */
    interface Events {
        void calls(MxCourier courier);

        /** @param host whether one was reached; then this returns when the connection is within the limit */
        void reached(MxCourier courier, boolean host);

        void gone(MxCourier courier);
    }

    private final MxRoom room;
    private final BiFunction<MxLane, Events, MxCourier> courier;
    private final Runnable sweep;
    private final Map<CrewLane, MxLane> known = new ConcurrentHashMap<>();
    private final Map<Thread, Boolean> threads = new ConcurrentHashMap<>();
    private final Deque<MxLane> wanting = new ArrayDeque<>();
    private final Set<CrewLane> idle = new LinkedHashSet<>();
    private final Events events = new Events() {
        @Override
        public void calls(MxCourier one) {
            MxCrew.this.calls(one);
        }

        @Override
        public void reached(MxCourier one, boolean host) {
            MxCrew.this.reached(one, host);
        }

        @Override
        public void gone(MxCourier one) {
            MxCrew.this.gone(one);
        }
    };
    private final Set<Thread> leaving = new HashSet<>(); // couriers that promised their room
    private boolean stopped;
    private boolean ticking;

    MxCrew(int most, BiFunction<MxLane, Events, MxCourier> courier, Runnable sweep) {
        room = new MxRoom(most);
        this.courier = courier;
        this.sweep = sweep;
    }

    void knows(MxLane to) {
        known.put(to.lane(), to);
    }

    void forgets(MxLane to) {
        known.remove(to.lane());
    }

    @Override
    public synchronized void wanted(CrewLane lane) {
        MxLane to = known.get(lane);
        if (to == null || stopped) {
            return;
        }
        tick();
        if (room.isFor(to)) {
            send(to);
        } else {
            wanting.add(to);
            pressSomebody(other -> helps(other, to));
        }
    }

    private void send(MxLane to) {
        MxCourier sent = courier.apply(to, events);
        room.take(sent);
        Thread thread = Thread.ofVirtual().name("smtp-mx-" + to.lane().relay().host()).unstarted(() -> {
            try {
                sent.run();
            } finally {
                threads.remove(Thread.currentThread());
            }
        });
        threads.put(thread, true);
        thread.start();
    }

    /** Ends a connection without work that stands in the way, the one whose lane has been idle longest. */
    private void pressSomebody(Predicate<MxLane> helps) {
        for (CrewLane lane : idle) {
            MxLane other = known.get(lane);
            if (other != null && helps.test(other)) {
                Thread.ofVirtual().start(lane::press); // not under this lock: it takes the lane's
                return;
            }
        }
    }

    /** True if a connection less for the one makes room for the other. */
    private boolean helps(MxLane one, MxLane other) {
        return one.provider().equals(other.provider()) || room.isFull() && room.isBelowItsShare(other);
    }

    @Override
    public synchronized void idle(CrewLane lane, boolean has) {
        if (has) {
            idle.add(lane);
        } else {
            idle.remove(lane);
        }
    }

    @Override
    public synchronized boolean pressed(CrewLane lane) {
        if (leaving.contains(Thread.currentThread())) {
            return true; // whatever has come for it since: another lane reckons with its room
        }
        MxLane mine = known.get(lane);
        if (mine == null || wanting.size() + room.returning() <= leaving.size()) {
            return false;
        }
        boolean helps = room.returning() > 0 || wanting.stream().anyMatch(to -> helps(mine, to));
        if (helps) {
            leaving.add(Thread.currentThread());
        }
        return helps;
    }

    private synchronized void calls(MxCourier one) {
        room.calls(one, System.nanoTime());
    }

    private synchronized void reached(MxCourier one, boolean host) {
        if (room.called(one, host)) {
            while (!room.returns(one, stopped)) {
                pressSomebody(_ -> true);
                waitForRoom();
            }
        }
    }

    private void waitForRoom() {
        try {
            wait();
        } catch (InterruptedException e) {
            // nobody has a reason to interrupt a courier
        }
    }

    private synchronized void gone(MxCourier one) {
        room.leave(one);
        leaving.remove(Thread.currentThread());
        serve();
    }

    private void serve() {
        if (room.returning() > 0) {
            notifyAll(); // those whose host has answered come first
        }
        for (Iterator<MxLane> waiting = wanting.iterator(); waiting.hasNext() && !room.isFull() && !stopped;) {
            MxLane to = waiting.next();
            if (room.isFor(to)) {
                waiting.remove();
                send(to);
            }
        }
    }

    /** One thread that looks after slow hosts and lanes that are done, while there are any. */
    private void tick() {
        if (!ticking) {
            ticking = true;
            Thread.ofVirtual().name("smtp-mx-tick").start(() -> {
                while (ticked()) {
                    sweep.run();
                }
            });
        }
    }

    private boolean ticked() {
        try {
            Thread.sleep(TICK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            room.discountSlow(System.nanoTime());
            serve();
            ticking = !stopped && !known.isEmpty();
            return ticking;
        }
    }

    synchronized void stop() {
        stopped = true;
        wanting.clear();
        notifyAll();
    }

    Collection<Thread> threads() {
        return List.copyOf(threads.keySet());
    }
}
