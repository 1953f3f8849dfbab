package io.caravan.transport;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.InvalidInput;

/**
 * Sends cleared mail to relays, and to its recipients' own hosts. Every offered mail gets exactly one {@link DeliveryLog#replied}, soon or after some minutes:
 * accepted, deferred, bounced, in doubt (the final dot went out and the answer was lost), suppressed or not tried (the last look, or every
 * relay of its route is left alone), failed (no relay of its route can take such a mail, ever).
 *
 * <p>A mail's route lists relays in order. One that cannot be reached, refuses its greeting or breaks down before it has answered for a
 * mail is left for the next within the same attempt; a 4xx or 5xx for the mail itself is that attempt's result. Which one is asked first may
 * go by weight ({@link RelayRoute}).
 */
public final class Transport implements AutoCloseable {

    static final DeliveryResult STOPPING = new DeliveryResult.NotTried("the sender is stopping");

    /** The route of mail that goes to its recipients' own hosts. */
    public static final String MX = "mx";

    /** Finished mails that may wait for a connection, unless set otherwise. */
    public static final int QUEUE = 400;

    private static final Duration LAST_MOMENT = Duration.ofSeconds(5);

    /**
     * @param helo  our host name as EHLO says it, ASCII
     * @param bind  source addresses, the first of each family counts; none at all: the system's choice
     * @param queue finished mails that may wait for a connection; {@link #offer} blocks when so many do
     * @param trust whose certificates count where they are verified
     * @param names who finds the hosts of relays
     */
    public record Settings(String helo, List<InetAddress> bind, Waits waits, int queue, Trust trust,
            HostNames names) {
        public Settings(String helo, List<InetAddress> bind, Waits waits, int queue) {
            this(helo, bind, waits, queue, Trust.OF_JAVA);
        }

        public Settings(String helo, List<InetAddress> bind, Waits waits, int queue, Trust trust) {
            this(helo, bind, waits, queue, trust, HostNames.OF_SYSTEM);
        }

        Settings with(Waits others) {
            return new Settings(helo, bind, others, queue, trust, names);
        }

        public Settings {
            bind = List.copyOf(bind);
            if (helo.isEmpty() || !helo.chars().allMatch(c -> c > ' ' && c < 127)) {
                throw new InvalidInput(
                        "caravan.helo: '" + helo + "' is no host name: give this host's full name, in ASCII");
            }
            if (queue < 1) {
                throw new InvalidInput("caravan.queue: " + queue + " would send nothing: give at least 1");
            }
        }

        /** False: the source addresses are all of the other family. */
        boolean reaches(InetAddress to) {
            return bind.isEmpty() || from(to) != null;
        }

        /** Where a connection to this address comes from; null: the system chooses. */
        @Nullable
        InetAddress from(InetAddress to) {
            for (InetAddress one : bind) {
                if (one.getClass() == to.getClass()) {
                    return one;
                }
            }
            return null;
        }
    }

    /**
     * How mail is delivered to mail exchangers.
     *
     * @param port        25, but for tests
     * @param connections at once in all, at most; each may leave a mail in doubt
     * @param rest        how long hosts that gave no service are left alone
     * @param check       asked before a mail waits for its provider
     */
    public record Mx(MxRouting routing, Dns dns, int port, int connections, Reuse reuse, Duration rest,
            ProviderCheck check, TlsPolicies tls, TlsLog tlsLog) {

        /** With TLS where it is offered. */
        public Mx(MxRouting routing, Dns dns, int port, int connections, Reuse reuse, Duration rest,
                ProviderCheck check) {
            this(routing, dns, port, connections, reuse, rest, check, TlsPolicies.OPPORTUNISTIC, TlsLog.NONE);
        }
    }

    /**
     * How the hosts of a provider stand.
     *
     * @param open    connections that are ready or busy, of at most {@code connections}
     * @param waiting mails that wait for one
     * @param trouble none of them gave service when they were last tried; null: they do
     */
    public record MxStanding(String provider, int open, int connections, int waiting, @Nullable MxTrouble trouble) {
    }

    /**
     * A provider none of whose hosts gave service.
     *
     * @param rest how long it is left alone yet; zero: one mail may find out how it is now
     */
    public record MxTrouble(String why, Duration rest) {
        public boolean trialDue() {
            return rest.isZero();
        }
    }

    private final Map<String, Lane> lanes = new LinkedHashMap<>();
    private final Map<String, Orders> routes = new ConcurrentHashMap<>();
    private final List<Thread> couriers = new ArrayList<>();
    private final Semaphore room;
    private final DeliveryLog log;
    private final Clearance clearance;
    private final Watchdog watchdog;
    private final SilentRelays silent;
    private final @Nullable MxDelivery mx;
    private volatile boolean stopping;

    /** For relays alone. */
    public Transport(Collection<Relay> relays, Settings settings, DeliveryLog log, LastLook lastLook, RelayGate gate) {
        this(relays, null, settings, log, lastLook, gate);
    }

    public Transport(Collection<Relay> relays, @Nullable Mx mx, Settings settings, DeliveryLog log, LastLook lastLook,
            RelayGate gate) {
        this.log = log;
        room = new Semaphore(settings.queue());
        clearance = new Clearance(lastLook);
        watchdog = new Watchdog(settings.waits());
        this.mx = mx == null ? null : new MxDelivery(mx, settings, log, clearance, watchdog);
        for (Relay relay : relays) {
            Lane lane = new Lane(relay);
            if (lanes.put(relay.name(), lane) != null) {
                throw new InvalidInput("caravan.relays: two relays are named " + relay.name());
            }
            RelayDialling dialling = new RelayDialling(relay, settings, watchdog);
            for (int i = 1; i <= relay.connections(); i++) {
                couriers.add(Thread.ofPlatform().daemon().name("smtp-" + relay.name() + "-" + i)
                        .unstarted(new Courier(lane, dialling, gate, clearance)));
            }
        }
        silent = new SilentRelays(lanes.values(), watchdog, gate, settings.waits().patience());
        watchdog.alsoDoes(silent::look);
        couriers.forEach(Thread::start);
    }

    /**
     * Takes a mail; blocks while the queue is full. After {@link #stop} it is reported as not tried at once.
     *
     * @throws InterruptedException while it waited: then the mail was not taken and gets no result
     */
    public void offer(Cleared mail) throws InterruptedException {
        MxDelivery hosts = mx;
        if (hosts != null && mail.mail().route().equals(MX)) {
            room.acquire();
            hosts.offer(mail, room::release);
            return;
        }
        List<Lane> route = routes.computeIfAbsent(mail.mail().route(), this::orders).next();
        if (route.isEmpty()) {
            new Ticket(mail, route, log, () -> {
            }).settle(new DeliveryResult.Failed("its route '" + mail.mail().route()
                    + "' names a relay that is not configured: write relay:NAME or relay:A,relay:B, of "
                    + lanes.keySet()));
            return;
        }
        room.acquire();
        new Ticket(mail, route, log, room::release).enter();
    }

    /**
     * The orders in which the relays of a route may be asked, one for each that can be first.
     *
     * @param turns null: it has one order
     */
    private record Orders(List<List<Lane>> each, RelayRoute.@Nullable Turns turns) {
        List<Lane> next() {
            return each.get(turns == null ? 0 : turns.next());
        }
    }

    private Orders orders(String written) {
        RelayRoute route = RelayRoute.parse(written);
        if (route == null || !lanes.keySet().containsAll(route.relays())) {
            return new Orders(List.of(List.of()), null);
        }
        List<List<Lane>> orders = new ArrayList<>();
        for (String first : route.relays()) {
            Set<String> names = new LinkedHashSet<>(List.of(first));
            names.addAll(route.relays());
            orders.add(names.stream().map(lanes::get).map(Objects::requireNonNull).toList());
        }
        return new Orders(orders, route.weight() == 0 ? null : new RelayRoute.Turns(route));
    }

    /**
     * How a relay stands.
     *
     * @param open    connections that are ready or busy, of at most {@code connections}
     * @param waiting mails that wait for one
     */
    public record Standing(Relay relay, int open, int waiting) {
    }

    /** In the order of the configuration. */
    public List<Standing> standing() {
        return lanes.values().stream().map(lane -> new Standing(lane.relay(), lane.open(), lane.size())).toList();
    }

    /** Mails that wait for a connection. */
    public int queued() {
        return lanes.values().stream().mapToInt(Lane::size).sum() + (mx == null ? 0 : mx.queued());
    }

    /** Connections that are ready for mail or busy with one: the most mails that can be in doubt if this process died now. */
    public int openConnections() {
        return lanes.values().stream().mapToInt(Lane::open).sum() + (mx == null ? 0 : mx.open());
    }

    /** The providers that there is mail for now, and those that give no service, by name. */
    public List<MxStanding> mxStanding() {
        return mx == null ? List.of() : mx.standing();
    }

    /** Providers whose hosts give no service, with the reason; all others are well or not known. */
    public Map<String, MxTrouble> mxTroubles() {
        return mx == null ? Map.of() : mx.troubles();
    }

    /** True if a host of the provider gives service; false, too, if nobody has tried lately. */
    public boolean mxServes(String provider) {
        return mx != null && mx.serves(provider);
    }

    /**
     * Starts no further content, lets open ones finish, and reports everything queued as not tried. What is still open after the grace
     * is cut off: in doubt if its dot was out. Returns when every offered mail has its result.
     */
    public synchronized void stop(Duration grace) {
        if (stopping) {
            return;
        }
        stopping = true;
        clearance.stop();
        silent.stop();
        lanes.values().forEach(lane -> lane.stop().forEach(ticket -> ticket.settle(STOPPING)));
        if (mx != null) {
            mx.stop();
        }
        if (!join(grace)) {
            watchdog.cutAll("cut off, since the sender stops");
            join(LAST_MOMENT);
        }
        watchdog.close();
    }

    private boolean join(Duration wait) {
        long until = System.nanoTime() + wait.toNanos();
        boolean ended = true;
        List<Thread> all = new ArrayList<>(couriers);
        if (mx != null) {
            all.addAll(mx.couriers());
        }
        for (Thread courier : all) {
            try {
                ended &= courier.join(Duration.ofNanos(Math.max(1, until - System.nanoTime())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // no more time is given
                return false;
            }
        }
        return ended;
    }

    /** Stops with half a minute's grace. */
    @Override
    public void close() {
        stop(Duration.ofSeconds(30));
    }
}
