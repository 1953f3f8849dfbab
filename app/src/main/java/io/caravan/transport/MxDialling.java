package io.caravan.transport;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.SmtpReply;

/**
 * One try to reach a destination: host after host in the order of preference, address after address, IPv6 and IPv4 in turn, until one is
 * ready for mail. Those that failed a moment ago come last.
 */
final class MxDialling {

    private static final int MOST_ADDRESSES = 8;
    private static final int MOST_TOLD = 3;

    /**
     * A host that is ready for mail.
     *
     * @param again it failed a moment ago, and so did all others
     */
    record Reached(Session session, InetAddress address, boolean again) {
        String told(LineLost why) {
            return MxDialling.told(session.relay().host(), address, why);
        }
    }

    private static String told(String host, InetAddress address, LineLost why) {
        return host + " [" + address.getHostAddress() + "]: " + why.said();
    }

    private record Candidate(String host, InetAddress address) {
    }

    private final MxLane to;
    private final int port;
    private final Dns dns;
    private final Transport.Settings settings;
    private final Watchdog watchdog;
    private final Deque<Candidate> later = new ArrayDeque<>();
    private final List<String> failures = new ArrayList<>();
    private final long until;
    private int tried;
    private @Nullable SmtpReply lastReply;

    MxDialling(MxLane to, int port, Dns dns, Transport.Settings settings, Watchdog watchdog) {
        this.to = to;
        this.port = port;
        this.dns = dns;
        this.settings = settings;
        this.watchdog = watchdog;
        Duration patience = settings.waits().connect().multipliedBy(2); // two dead addresses, and then no more is begun
        until = System.nanoTime() + patience.toNanos();
    }

    /** Null: none gave service, see {@link #why}. */
    @Nullable
    Reached reach() {
        for (String host : to.destination().inOrder(RandomGenerator.getDefault())) {
            for (InetAddress address : addresses(host)) {
                if (to.isAvoided(address)) {
                    later.add(new Candidate(host, address));
                    continue;
                }
                Reached reached = attempt(host, address, false);
                if (reached != null) {
                    return reached;
                }
            }
        }
        for (Candidate candidate : later) {
            Reached reached = attempt(candidate.host(), candidate.address(), true);
            if (reached != null) {
                return reached;
            }
        }
        return null;
    }

    String why() {
        int more = failures.size() - MOST_TOLD;
        return String.join("; ", failures.subList(0, Math.min(MOST_TOLD, failures.size())))
                + (more > 0 ? "; and " + more + " more" : "");
    }

    @Nullable
    SmtpReply lastReply() {
        return lastReply;
    }

    private @Nullable Reached attempt(String host, InetAddress address, boolean again) {
        if (tried >= MOST_ADDRESSES || tried > 0 && System.nanoTime() - until > 0) {
            return null;
        }
        tried++;
        try {
            Relay exchanger = Relay.exchanger(host, port, to.lane().relay().connections());
            return new Reached(Session.open(exchanger, address, settings, watchdog), address, again);
        } catch (LineLost e) {
            to.avoid(address);
            failures.add(told(host, address, e));
            lastReply = e.reply == null ? lastReply : e.reply;
            return null;
        }
    }

    private List<InetAddress> addresses(String host) {
        InetAddress literal = to.destination().literal();
        if (literal != null) {
            return List.of(literal);
        }
        return switch (dns.addresses(host)) {
            case Dns.Records<InetAddress> found -> {
                List<InetAddress> reachable = found.list().stream().filter(settings::reaches).toList();
                if (reachable.isEmpty()) {
                    failures.add(host + " has no address of the family that caravan.bind has");
                }
                yield inTurn(reachable);
            }
            case Dns.None<InetAddress> _ -> {
                failures.add(host + " has no address");
                yield List.of();
            }
            case Dns.Fault<InetAddress> fault -> {
                failures.add(fault.toString());
                yield List.of();
            }
        };
    }

    /** IPv6 first, then IPv4, and so on: where one of them leads nowhere, the other is next. */
    private static List<InetAddress> inTurn(List<InetAddress> all) {
        Deque<InetAddress> six = new ArrayDeque<>(all.stream().filter(Inet6Address.class::isInstance).toList());
        Deque<InetAddress> four = new ArrayDeque<>(all.stream().filter(a -> !(a instanceof Inet6Address)).toList());
        List<InetAddress> turns = new ArrayList<>();
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
