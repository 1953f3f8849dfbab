package io.caravan.transport;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.BounceClass;
import io.caravan.mail.DeliveryResult;

/**
 * From a recipient's domain to the hosts that take its mail (RFC 5321 section 5.1): its MX, else its own address; or the result that its
 * mail has without a try. Only what the DNS states for certain is a bounce; where it is silent, or no zone vouches for what it denies
 * (RFC 2308 section 2), the mail waits.
 */
public final class MxRouting {

    private static final int MOST = 20_000;
    private static final Duration LONGEST = Duration.ofMinutes(5); // the resolver's memory knows better, this one is only nearer
    private static final Duration LITERAL = Duration.ofDays(1);
    private static final int MOST_LEFT_OUT = 8; // a domain may name thousands; the delivery looks at each address again
    private static final int MOST_TOLD = 3;
    private static final int MOST_LETTERS = 400; // a ledger has room for 500, and a stranger's names may be of 253 each

    public sealed interface Way {
        Duration ttl();
    }

    public record To(Destination destination, Duration ttl) implements Way {
    }

    /** It takes no mail, or is none: for certain. */
    public record Dead(DeliveryResult.Bounced result, Duration ttl) implements Way {
    }

    /** Nobody could say. */
    public record Unknown(DeliveryResult.Deferred result) implements Way {
        @Override
        public Duration ttl() {
            return Duration.ZERO;
        }
    }

    private record Kept(Way way, long until) {
    }

    private final Dns dns;
    private final Providers providers;
    private final SpecialAddresses special;
    private final LongSupplier nanoTime;
    private final Map<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);

    public MxRouting(Dns dns, Providers providers, SpecialAddresses special, LongSupplier nanoTime) {
        this.dns = dns;
        this.providers = providers;
        this.special = special;
        this.nanoTime = nanoTime;
    }

    /** What is known without asking anybody; null: ask. */
    @Nullable
    Way known(String domain) {
        synchronized (kept) {
            Kept entry = kept.get(domain);
            return entry != null && nanoTime.getAsLong() - entry.until() < 0 ? entry.way() : null;
        }
    }

    /**
     * May wait for the DNS.
     *
     * @param domain as A-label, lower case, or an address literal in brackets
     */
    public Way of(String domain) {
        Way known = known(domain);
        if (known != null) {
            return known;
        }
        Way found = domain.startsWith("[") ? literal(domain) : find(domain);
        Duration holds = found.ttl().compareTo(LONGEST) < 0 ? found.ttl() : LONGEST;
        if (holds.isPositive()) {
            synchronized (kept) {
                kept.put(domain, new Kept(found, nanoTime.getAsLong() + holds.toNanos()));
                if (kept.size() > MOST) {
                    kept.remove(kept.keySet().iterator().next());
                }
            }
        }
        return found;
    }

    private Way find(String domain) {
        return switch (dns.mx(domain)) {
            case Dns.Records<Dns.Mx>(List<Dns.Mx> all, Duration ttl, boolean authentic, String _) -> {
                List<Dns.Mx> named = all.stream().filter(mx -> !mx.isNull()).toList();
                List<Dns.Mx> hosts = named.stream().filter(Dns.Mx::isHostName).toList();
                if (named.isEmpty()) {
                    yield dead("5.1.10", domain + " takes no mail: it has a null MX (RFC 7505)", ttl);
                }
                yield hosts.isEmpty() ? noHost(domain, named, ttl) : to(domain, hosts, ttl, authentic);
            }
            case Dns.None<Dns.Mx> none -> none.nxdomain() ? missing(domain, none) : implicit(domain, none);
            case Dns.Fault<Dns.Mx> fault -> unknown(fault);
        };
    }

    private static Way missing(String domain, Dns.None<Dns.Mx> none) {
        Dns.@Nullable Fault<?> doubt = none.doubt();
        return doubt != null
                ? unknown(doubt)
                : dead("5.1.2", "the domain " + domain + " does not exist (NXDOMAIN)", none.ttl());
    }

    /** Without MX the domain is its own mail exchanger; that it has no address either kills it only if both are sure. */
    private Way implicit(String domain, Dns.None<Dns.Mx> noMx) {
        return switch (dns.addresses(domain)) {
            case Dns.Records<InetAddress> _ ->
                to(domain, List.of(new Dns.Mx(0, domain)), noMx.ttl(), noMx.authentic());
            case Dns.None<InetAddress> none -> {
                Dns.@Nullable Fault<?> doubt = noMx.doubt() == null ? none.doubt() : noMx.doubt();
                yield doubt != null
                        ? unknown(doubt)
                        : dead("5.4.4", "the domain " + domain + " has neither a mail exchanger nor an address",
                                none.ttl());
            }
            case Dns.Fault<InetAddress> fault -> unknown(fault);
        };
    }

    private Way to(String domain, List<Dns.Mx> named, Duration ttl, boolean authentic) {
        List<Dns.Mx> hosts = new ArrayList<>(named);
        hosts.sort(Comparator.comparingInt(Dns.Mx::preference).thenComparing(Dns.Mx::host));
        List<LeftOut> out = leaveOut(hosts);
        Duration holds = out.stream().map(LeftOut::ttl).reduce(ttl, (a, b) -> a.compareTo(b) < 0 ? a : b);
        if (hosts.isEmpty()) {
            return nowhere(domain + " names no host that mail may go to: "
                    + some(out.stream().map(LeftOut::what).toList()), holds);
        }
        return new To(Destination.of(hosts, null, providers.of(domain, hosts.getFirst().host()), authentic), holds);
    }

    /** @param what the host, one of its addresses, and of which kind that is */
    private record LeftOut(String what, Duration ttl) {
    }

    /** Takes away the most preferred hosts for as long as they have special addresses and no other; those behind are the delivery's to look at. */
    private List<LeftOut> leaveOut(List<Dns.Mx> hosts) {
        List<LeftOut> out = new ArrayList<>();
        while (special == SpecialAddresses.REFUSE && !hosts.isEmpty() && out.size() < MOST_LEFT_OUT) {
            LeftOut one = leftOut(hosts.getFirst().host());
            if (one == null) {
                break;
            }
            out.add(one);
            hosts.removeFirst();
        }
        return out;
    }

    private @Nullable LeftOut leftOut(String host) {
        String name = special.objection(host);
        if (name != null) {
            return new LeftOut(host + " (" + name + ")", LITERAL);
        }
        return dns.addresses(host) instanceof Dns.Records<InetAddress>(List<InetAddress> all, Duration ttl, _, _)
                && all.stream().allMatch(address -> special.objection(address) != null)
                        ? new LeftOut(told(host, all.getFirst()), ttl)
                        : null;
    }

    /** The addresses that a delivery may go to. */
    List<InetAddress> mailable(List<InetAddress> all) {
        return all.stream().filter(address -> special.objection(address) == null).toList();
    }

    /** {@code mx.example.org is 127.0.0.1 (loopback)}, for an address that is not {@link #mailable}. */
    String told(String host, InetAddress address) {
        return host + " is " + address.getHostAddress() + " (" + special.objection(address) + ")";
    }

    private Way literal(String domain) {
        String inside = domain.substring(1, domain.length() - 1);
        String text = inside.startsWith("ipv6:") ? inside.substring(5) : inside;
        try {
            InetAddress address = InetAddress.ofLiteral(text);
            return special.objection(address) == null
                    ? new To(Destination.of(List.of(new Dns.Mx(0, domain)), address, providers.of(domain, domain),
                            false), LITERAL)
                    : nowhere("mail may not go to " + told(domain, address), LITERAL);
        } catch (IllegalArgumentException e) {
            return dead("5.1.2", domain + " is no address", LITERAL);
        }
    }

    /**
     * For certain, as the DNS says it, so the sender hears of it now and not after days of tries that come to the same: many who want no mail
     * publish it like this. But soft, so that nobody is suppressed: the domain may be mended, or it is our own DNS server that answers so for
     * what it blocks.
     */
    private static Way nowhere(String why, Duration ttl) {
        return unroutable(why, "; see caravan.mx.special-addresses", ttl);
    }

    /** No time mends what is no name: as certain as {@link #nowhere}, and as soft. */
    private static Way noHost(String domain, List<Dns.Mx> named, Duration ttl) {
        return unroutable(domain + " names no mail exchanger that is a host name, but "
                + some(named.stream().map(Dns.Mx::host).toList()), "", ttl);
    }

    private static Way unroutable(String why, String advice, Duration ttl) {
        String told = why.length() <= MOST_LETTERS ? why : why.substring(0, MOST_LETTERS - 1) + "…";
        return new Dead(new DeliveryResult.Bounced("", "5.4.4", told + advice, BounceClass.SOFT), ttl);
    }

    private static String some(List<String> all) {
        int more = all.size() - MOST_TOLD;
        return String.join(", ", all.stream().limit(MOST_TOLD).toList()) + (more > 0 ? " and " + more + " more" : "");
    }

    private static Way dead(String status, String why, Duration ttl) {
        return new Dead(new DeliveryResult.Bounced("", status, why, BounceClass.HARD), ttl);
    }

    private static Way unknown(Dns.Fault<?> fault) {
        return new Unknown(new DeliveryResult.Deferred("", "4.4.3", "", fault.toString()));
    }
}
