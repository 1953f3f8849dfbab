package io.caravan.transport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;

/**
 * Mail to its recipients' own hosts: finds each mail's destination and gives it to that lane, which is made when mail comes and gone soon
 * after the last.
 */
final class MxDelivery {

    private static final Duration IDLE = Duration.ofSeconds(10); // a stranger's: they count those that do nothing
    private static final int SLOW_RESTS = 20; // ten minutes of half a minute each: beyond the first retry
    private static final int LOOK_UPS = 100; // at once: a resolver answers these, and more only wait in its queue

    private record Looking(Cleared mail, Runnable leftQueue) {
    }

    private final Transport.Mx mx;
    private final Transport.Settings settings;
    private final DeliveryLog log;
    private final Watchdog watchdog;
    private final MxCrew crew;
    private final MxHealth health;
    private final SlowHosts slow;
    private final Map<String, MxLane> lanes = new ConcurrentHashMap<>();
    private final Map<String, List<Looking>> looking = new HashMap<>(); // by domain; its own lock
    private final Semaphore lookUps = new Semaphore(LOOK_UPS);
    private volatile boolean stopping;

    MxDelivery(Transport.Mx mx, Transport.Settings settings, DeliveryLog log, Clearance clearance, Watchdog watchdog) {
        this.mx = mx;
        this.settings = settings.with(settings.waits().idlingAtMost(IDLE));
        this.log = log;
        this.watchdog = watchdog;
        health = new MxHealth(mx.rest(), System::nanoTime);
        slow = new SlowHosts(mx.rest().multipliedBy(SLOW_RESTS).toNanos(), System::nanoTime);
        crew = new MxCrew(mx.connections(),
                (to, events) -> new MxCourier(to, this, clearance, events), this::sweep);
    }

    /** Never waits: a domain that is not known is looked up beside. */
    void offer(Cleared mail, Runnable leftQueue) {
        String domain = mail.mail().envelope().recipient().domain();
        MxRouting.Way known = mx.routing().known(domain);
        TlsPolicies.ForDomain tls = known instanceof MxRouting.To ? mx.tls().known(domain) : null;
        if (known != null && (tls != null || !(known instanceof MxRouting.To))) {
            enter(mail, known, tls, leftQueue);
            return;
        }
        boolean first;
        boolean stopped;
        synchronized (looking) {
            stopped = stopping;
            first = !stopped && !looking.containsKey(domain);
            if (!stopped) {
                looking.computeIfAbsent(domain, _ -> new ArrayList<>()).add(new Looking(mail, leftQueue));
            }
        }
        if (stopped) {
            settle(mail, Transport.STOPPING, leftQueue);
        } else if (first) {
            Thread.ofVirtual().name("mx-look-up").start(() -> lookUp(domain));
        }
    }

    /** Once for all mail of a domain, so that one whose DNS is silent holds one place among the look-ups, however much mail it has. */
    private void lookUp(String domain) {
        MxRouting.Way way = way(domain);
        TlsPolicies.ForDomain tls = policy(way, domain);
        List<Looking> waiting;
        synchronized (looking) {
            waiting = looking.remove(domain);
        }
        if (waiting != null) { // else this stopped meanwhile
            waiting.forEach(up -> enter(up.mail(), way, tls, up.leftQueue()));
        }
    }

    private MxRouting.Way way(String domain) {
        lookUps.acquireUninterruptibly();
        try {
            return mx.routing().of(domain);
        } catch (RuntimeException | Error e) { // else its mail would wait for ever
            System.getLogger(MxDelivery.class.getName()).log(System.Logger.Level.ERROR, "event=mx-look-up-failed", e);
            return new MxRouting.Unknown(new DeliveryResult.Deferred("", "4.3.5", "",
                    "our own error, see the log: " + e));
        } finally {
            lookUps.release();
        }
    }

    /** Beside the look-ups, not among them: the server of a policy may take its time, and others' mail must not wait for it. */
    private TlsPolicies.@Nullable ForDomain policy(MxRouting.Way way, String domain) {
        if (!(way instanceof MxRouting.To)) {
            return null;
        }
        try {
            return mx.tls().of(domain);
        } catch (RuntimeException | Error e) {
            System.getLogger(MxDelivery.class.getName()).log(System.Logger.Level.ERROR, "event=tls-policy-failed", e);
            return null;
        }
    }

    private void enter(Cleared mail, MxRouting.Way way, TlsPolicies.@Nullable ForDomain tls, Runnable leftQueue) {
        switch (way) {
            case MxRouting.To _ when tls == null -> settle(mail,
                    new DeliveryResult.Deferred("", "4.3.5", "", "our own error, see the log: no TLS policy"),
                    leftQueue);
            case MxRouting.To to -> {
                String objection = mx.check().objection(mail.mail(), to.destination().provider().name());
                if (objection == null) {
                    enter(mail, to.destination(), tls, leftQueue);
                } else {
                    settle(mail, new DeliveryResult.NotTried(objection), leftQueue);
                }
            }
            case MxRouting.Dead dead -> settle(mail, dead.result(), leftQueue);
            case MxRouting.Unknown unknown -> settle(mail, unknown.result(), leftQueue);
        }
    }

    private void settle(Cleared mail, DeliveryResult result, Runnable leftQueue) {
        new Ticket(mail, List.of(), log, leftQueue).settle(result);
    }

    private void enter(Cleared mail, Destination destination, TlsPolicies.ForDomain tls, Runnable leftQueue) {
        String key = MxLane.keyOf(destination, tls);
        while (!stopping) {
            MxLane to = lanes.computeIfAbsent(key,
                    _ -> new MxLane(destination, tls, mx.port(), mx.rest(), health, slow, crew));
            crew.knows(to);
            if (to.add(new Ticket(mail, List.of(to.lane()), log, leftQueue))) {
                if (stopping) { // which may have looked at the lanes before this one was made
                    stop(to);
                }
                return;
            }
            lanes.remove(key, to); // it was put away between the two
            crew.forgets(to);
        }
        settle(mail, Transport.STOPPING, leftQueue);
    }

    Reuse reuse() {
        return mx.reuse();
    }

    MxDialling dialling(MxLane to, String domain) {
        return new MxDialling(to, to.tls().as(domain), mx, settings, watchdog);
    }

    private void sweep() {
        lanes.values().forEach(to -> to.lane().lookAgain());
        lanes.values().removeIf(to -> {
            boolean gone = to.retire();
            if (gone) {
                crew.forgets(to);
            }
            return gone;
        });
    }

    /** Takes nothing more; what waited has its result. Couriers end as their open mail does. */
    void stop() {
        List<Looking> waiting = new ArrayList<>();
        synchronized (looking) {
            stopping = true;
            looking.values().forEach(waiting::addAll);
            looking.clear();
        }
        waiting.forEach(up -> settle(up.mail(), Transport.STOPPING, up.leftQueue()));
        crew.stop();
        lanes.values().forEach(MxDelivery::stop);
    }

    private static void stop(MxLane to) {
        to.lane().stop().forEach(ticket -> ticket.settle(Transport.STOPPING));
    }

    Collection<Thread> couriers() {
        return crew.threads();
    }

    int queued() {
        int unknown;
        synchronized (looking) {
            unknown = looking.values().stream().mapToInt(List::size).sum();
        }
        return unknown + lanes.values().stream().mapToInt(to -> to.lane().size()).sum();
    }

    int open() {
        return lanes.values().stream().mapToInt(to -> to.lane().open()).sum();
    }

    /** Those that have a connection are well, whatever they did before. */
    Map<String, Transport.MxTrouble> troubles() {
        Map<String, Transport.MxTrouble> troubles = health.troubles();
        if (!troubles.isEmpty()) {
            lanes.values().stream().filter(to -> to.lane().open() > 0).forEach(to -> troubles.remove(to.provider()));
        }
        return troubles;
    }

    /** True if a host of the provider has worked of late, or has a connection. */
    boolean serves(String provider) {
        return health.serves(provider) || lanes.values().stream()
                .anyMatch(to -> to.provider().equals(provider) && to.lane().open() > 0);
    }

    /** By provider, those with connections or mail, and those that give no service. */
    List<Transport.MxStanding> standing() {
        Map<String, int[]> figures = new TreeMap<>();
        Map<String, Integer> most = new HashMap<>();
        lanes.values().forEach(to -> {
            int[] of = figures.computeIfAbsent(to.provider(), _ -> new int[2]);
            of[0] += to.lane().open();
            of[1] += to.lane().size();
            most.put(to.provider(), to.destination().provider().connections());
        });
        Map<String, Transport.MxTrouble> troubles = troubles();
        troubles.keySet().forEach(name -> figures.computeIfAbsent(name, _ -> new int[2]));
        return figures.entrySet().stream()
                .map(each -> new Transport.MxStanding(each.getKey(), each.getValue()[0],
                        most.getOrDefault(each.getKey(), 0), each.getValue()[1], troubles.get(each.getKey())))
                .toList();
    }
}
