package io.caravan.transport;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;

/**
 * Who may have a connection: at most so many in all and so many to a provider, in the order in which lanes asked. A lane that finds all taken
 * gets the next that has nothing to do.
 *
 * <p>A host that has not answered for a second does not count until it does, so that dead hosts, which take half a minute each to find
 * out, hold up nobody; of such there are at most {@value #MOST_SLOW}. Couriers are virtual threads: one that waits for a dead host costs
 * next to nothing, and the switch of threads vanishes in the round trip to a stranger's host.
 */
final class MxCrew implements Crew {

    private static final int MOST_SLOW = 1000;
    private static final long SLOW_NANOS = 1_000_000_000L;
    private static final long TICK_MILLIS = 250;

    /** What a courier tells of itself. */
    interface Events {
        void calls(MxCourier courier);

        /** @param host whether one was reached; then this returns when the connection is within the limit */
        void reached(MxCourier courier, boolean host);

        void gone(MxCourier courier);
    }

    private static final class Standing {
        long since;
        boolean dials;
        boolean counts = true;
    }

    private final int most;
    private final BiFunction<MxLane, Events, MxCourier> courier;
    private final Runnable sweep;
    private final Map<Lane, MxLane> known = new ConcurrentHashMap<>();
    private final Map<Thread, Boolean> threads = new ConcurrentHashMap<>();
    private final Map<MxCourier, Standing> couriers = new HashMap<>();
    private final Map<String, Integer> byProvider = new HashMap<>();
    private final Deque<MxLane> wanting = new ArrayDeque<>();
    private final Set<Lane> idle = new LinkedHashSet<>();
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
    private int counted;
    private int returning;
    private int slow;
    private int leaving;
    private boolean stopped;
    private boolean ticking;

    MxCrew(int most, BiFunction<MxLane, Events, MxCourier> courier, Runnable sweep) {
        this.most = most;
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
    public synchronized void wanted(Lane lane) {
        MxLane to = known.get(lane);
        if (to == null || stopped) {
            return;
        }
        tick();
        if (hasRoom(to)) {
            send(to);
        } else {
            wanting.add(to);
            pressSomebody(to);
        }
    }

    private boolean hasRoom(MxLane to) {
        return counted + returning < most && isBelowItsShare(to);
    }

    private boolean isBelowItsShare(MxLane to) {
        return byProvider.getOrDefault(to.provider(), 0) < to.destination().provider().connections();
    }

    private void send(MxLane to) {
        counted++;
        byProvider.merge(to.provider(), 1, Integer::sum);
        MxCourier sent = courier.apply(to, events);
        couriers.put(sent, new Standing());
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

    /** Of the same provider if that is what is full, else the one that has been idle longest. */
    private void pressSomebody(MxLane to) {
        for (Lane lane : idle) {
            MxLane other = known.get(lane);
            if (other != null && helps(other, to)) {
                Thread.ofVirtual().start(lane::press); // not under this lock: it takes the lane's
                return;
            }
        }
    }

    /** True if a connection less for the one makes room for the other. */
    private boolean helps(MxLane one, MxLane wanting) {
        return one.provider().equals(wanting.provider()) || counted + returning >= most && isBelowItsShare(wanting);
    }

    @Override
    public synchronized void idle(Lane lane, boolean has) {
        if (has) {
            idle.add(lane);
        } else {
            idle.remove(lane);
        }
    }

    @Override
    public synchronized boolean pressed(Lane lane) {
        MxLane mine = known.get(lane);
        if (wanting.size() <= leaving || mine == null) {
            return false;
        }
        boolean helps = wanting.stream().anyMatch(to -> helps(mine, to));
        leaving += helps ? 1 : 0;
        return helps;
    }

    private synchronized void calls(MxCourier one) {
        Standing standing = couriers.get(one);
        if (standing != null) {
            standing.dials = true;
            standing.since = System.nanoTime();
        }
    }

    private synchronized void reached(MxCourier one, boolean host) {
        Standing standing = couriers.get(one);
        if (standing == null) {
            return;
        }
        standing.dials = false;
        if (host && !standing.counts) {
            returning++;
            while (counted >= most && !stopped) {
                waitForRoom();
            }
            returning--;
            count(standing);
        }
    }

    private void waitForRoom() {
        try {
            wait();
        } catch (InterruptedException e) {
            // nobody has a reason to interrupt a courier
        }
    }

    private void count(Standing standing) {
        if (!standing.counts) {
            standing.counts = true;
            counted++;
            slow--;
        }
    }

    private synchronized void gone(MxCourier one) {
        Standing standing = couriers.remove(one);
        if (standing == null) {
            return;
        }
        if (standing.counts) {
            counted--;
        } else {
            slow--;
        }
        byProvider.computeIfPresent(one.to().provider(), (_, n) -> n > 1 ? n - 1 : null);
        leaving = Math.max(0, leaving - 1);
        serve();
    }

    private void serve() {
        if (returning > 0) {
            notifyAll(); // those whose host has answered first
        }
        for (Iterator<MxLane> waiting = wanting.iterator(); waiting.hasNext() && counted + returning < most
                && !stopped;) {
            MxLane to = waiting.next();
            if (hasRoom(to)) {
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
            discountSlow();
            ticking = !stopped && !known.isEmpty();
            return ticking;
        }
    }

    private void discountSlow() {
        long now = System.nanoTime();
        for (Standing standing : couriers.values()) {
            if (standing.dials && standing.counts && slow < MOST_SLOW && now - standing.since > SLOW_NANOS) {
                standing.counts = false;
                counted--;
                slow++;
            }
        }
        serve();
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
