package io.caravan.transport;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

/**
 * One try to reach a destination: host after host in the order of preference, address after address, IPv6 and IPv4 in turn, until one is
 * ready for mail. Those that failed a moment ago come last. When the time is over, another host than the first is asked yet if none was:
 * a backup that is never reached is none.
 */
final class MxDialling {

    private static final int MOST_ADDRESSES = 8;
    private static final int MOST_TOLD = 3;
    private static final int MOST_LATE_LOOK_UPS = 3;

    /**
     * A host that is ready for mail.
     *
     * @param again it failed a moment ago, and so did all others
     */
    record Reached(Session session, InetAddress address, boolean again) {
        String told(LineLost why) {
            return why.at(session.peer()).said();
        }
    }

    /** @param tls what a connection to it needs */
    private record Candidate(String host, InetAddress address, TlsPolicies.Choice tls) {
    }

    /** @param name whose they are: the host's, or the last of its aliases */
    private record Addresses(List<InetAddress> list, boolean authentic, String name) {
        static final Addresses NONE = new Addresses(List.of(), false, "");
    }

    private final MxLane to;
    private final TlsPolicies.ForDomain tls;
    private final Transport.Mx mx;
    private final Transport.Settings settings;
    private final Watchdog watchdog;
    private final Deque<Candidate> later = new ArrayDeque<>();
    private final List<String> failures = new ArrayList<>();
    private final Set<String> asked = new HashSet<>(); // hosts
    private final long until;
    private int tried;
    private int lateLookUps;
    private boolean fourFirst;
    private boolean ofPolicy;
    private NoService last = NoService.unasked("");

    MxDialling(MxLane to, TlsPolicies.ForDomain tls, Transport.Mx mx, Transport.Settings settings, Watchdog watchdog) {
        this.to = to;
        this.tls = tls;
        this.mx = mx;
        this.settings = settings;
        this.watchdog = watchdog;
        Duration patience = settings.waits().connect().multipliedBy(2); // two dead addresses
        until = System.nanoTime() + patience.toNanos();
    }

    /** Null: none gave service, see {@link #why}. */
    @Nullable
    Reached reach() {
        for (String host : to.destination().inOrder(RandomGenerator.getDefault())) {
            if (!mayAsk(host) || isOver() && lateLookUps++ >= MOST_LATE_LOOK_UPS) {
                break; // looking up the rest takes time as well, and a domain may name thousands
            }
            for (Candidate candidate : candidates(host)) {
                if (to.isAvoided(candidate.address())) {
                    later.add(candidate);
                    continue;
                }
                Reached reached = attempt(candidate, false);
                if (reached != null) {
                    return reached;
                }
            }
        }
        for (Candidate candidate : later) {
            Reached reached = attempt(candidate, true);
            if (reached != null) {
                return reached;
            }
        }
        return null;
    }

    /** A host's addresses in turn; none if it cannot be found, or must not have this mail. */
    private List<Candidate> candidates(String host) {
        Addresses found = addresses(host);
        if (found.list().isEmpty()) {
            return List.of();
        }
        TlsPolicies.Choice choice = mx.tls().choose(tls, new DaneLookUp.Host(host, found.name(), found.authentic()),
                mx.port(),
                to.destination().authentic());
        if (choice.flaw() != null) {
            mx.tlsLog().session(new TlsLog.Entry(tls.domain(), choice.kind(), host, choice.flaw()),
                    new TlsLog.Seen(choice.applied(tls), "", ""));
        }
        TlsFailed refused = choice.refused();
        if (refused != null) {
            failures.add(refused.said());
            heard(refused.noService().at(host));
            return List.of();
        }
        return found.list().stream().map(address -> new Candidate(host, address, choice)).toList();
    }

    NoService why() {
        int more = failures.size() - MOST_TOLD;
        String all = String.join("; ", failures.subList(0, Math.min(MOST_TOLD, failures.size())))
                + (more > 0 ? "; and " + more + " more" : "");
        return new NoService(all, last.reply(), last.status(), ofPolicy, last.host());
    }

    private void heard(NoService why) {
        ofPolicy |= why.ofPolicy(); // one that is there for others' mail is enough: it says nothing of the provider
        if (why.reply() != null || !why.status().isEmpty()) {
            last = why;
        }
    }

    private @Nullable Reached attempt(Candidate candidate, boolean again) {
        if (!mayAsk(candidate.host())) {
            return null;
        }
        tried++;
        String host = candidate.host();
        asked.add(host);
        InetAddress address = candidate.address();
        Relay exchanger = Relay.exchanger(host, mx.port(), to.lane().relay().connections());
        TlsLog.Policy kind = candidate.tls().kind();
        Target target = new Target(exchanger, address, candidate.tls().policy(),
                (result, from) -> mx.tlsLog().session(new TlsLog.Entry(tls.domain(), kind, host, result),
                        new TlsLog.Seen(candidate.tls().applied(tls), plain(from), plain(address))));
        long began = System.nanoTime();
        try {
            return new Reached(Session.open(target, settings, watchdog), address, again);
        } catch (LineLost e) {
            failed(address, System.nanoTime() - began);
            failures.add(e.at(target.peer()).said());
            heard(e.noService().at(host));
            return null;
        }
    }

    /** What answered at once, however it did, is soon found out again. */
    private void failed(InetAddress address, long nanos) {
        to.avoid(address);
        if (nanos >= settings.waits().connect().toNanos() / 2) {
            to.avoidLong(address);
            fourFirst |= address instanceof Inet6Address; // it may be ours that leads nowhere
        }
    }

    private boolean isOver() {
        return tried >= MOST_ADDRESSES || System.nanoTime() - until > 0;
    }

    private boolean mayAsk(String host) {
        return !isOver() || asked.size() < 2 && !asked.contains(host);
    }

    /** Without the zone of a link, which means something on this machine only. */
    private static String plain(InetAddress address) {
        String written = address.getHostAddress();
        int zone = written.indexOf('%');
        return zone < 0 ? written : written.substring(0, zone);
    }

    private Addresses addresses(String host) {
        InetAddress literal = to.destination().literal();
        if (literal != null) {
            return new Addresses(List.of(literal), false, host);
        }
        return switch (mx.dns().addresses(host)) {
            case Dns.Records<InetAddress> found -> {
                List<InetAddress> mailable = mx.routing().mailable(found.list()); // asked here too: it is never the same answer for sure
                List<InetAddress> reachable = mailable.stream().filter(settings::reaches).toList();
                if (mailable.isEmpty()) {
                    failures.add(mx.routing().told(host, found.list().getFirst()) + ", where no mail goes");
                } else if (reachable.isEmpty()) {
                    failures.add(host + " has no address of the family that caravan.bind has");
                }
                yield new Addresses(inTurn(reachable), found.authentic(), found.name());
            }
            case Dns.None<InetAddress> _ -> {
                failures.add(host + " has no address");
                yield Addresses.NONE;
            }
            case Dns.Fault<InetAddress> fault -> {
                failures.add(fault.toString());
                yield Addresses.NONE;
            }
        };
    }

    /** IPv6 first, then IPv4, and so on: where one of them leads nowhere, the other is next. */
    private List<InetAddress> inTurn(List<InetAddress> all) {
        Deque<InetAddress> six = new ArrayDeque<>(all.stream().filter(Inet6Address.class::isInstance).toList());
        Deque<InetAddress> four = new ArrayDeque<>(all.stream().filter(a -> !(a instanceof Inet6Address)).toList());
        List<InetAddress> turns = new ArrayList<>();
        if (fourFirst && !four.isEmpty()) {
            turns.add(four.poll());
        }
        while (!six.isEmpty() || !four.isEmpty()) {
            if (!six.isEmpty()) {
                turns.add(six.poll());
            }
            if (!four.isEmpty()) {
                turns.add(four.poll());
            }
        }
        return turns;
    }
}
