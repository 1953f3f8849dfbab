package io.caravan.transport;

import java.util.List;
import java.util.stream.Stream;

/**
 * Where a mail exchanger's TLSA records are (RFC 7672 section 2.2.2): at the end of its aliases if the DNS was validated all the way there,
 * else, or if there are none, at its own name, if that was. What is not validated does not count.
 */
final class DaneLookUp {

    /**
     * A mail exchanger whose addresses were found.
     *
     * @param name      as the MX record has it
     * @param last      of its aliases; without any the same
     * @param authentic its addresses were validated, and the aliases that lead to them
     */
    record Host(String name, String last, boolean authentic) {
    }

    sealed interface Found {
    }

    /** @param base the name that has them, to which the host's certificate belongs: the TLSA base domain */
    record Published(String base, List<Dns.Tlsa> records) implements Found {
    }

    record Nothing() implements Found {
    }

    /** Nobody can say whether there are any: who keeps the answer back may be the attacker (RFC 7672 section 2.1.2). */
    record KeptBack(String base, Dns.Fault<?> fault) implements Found {
    }

    private DaneLookUp() {
    }

    static Found of(Dns dns, Host host, int port) {
        if (host.authentic()) {
            return first(dns, Stream.of(host.last(), host.name()).distinct().toList(), port);
        }
        return host.last().equals(host.name()) ? new Nothing() : ofAlias(dns, host.name(), port);
    }

    /** An alias whose own zone is signed says itself what its target's zone cannot: who outsources a host vouches for it so. */
    private static Found ofAlias(Dns dns, String name, int port) {
        return switch (dns.alias(name)) {
            case Dns.Records<String> alias when alias.authentic() -> first(dns, List.of(name), port);
            case Dns.Records<String> _,Dns.None<String> _ -> new Nothing();
            case Dns.Fault<String> fault -> new KeptBack(name, fault);
        };
    }

    /** Only where there are none the next name is asked: not where the answer is lacking. */
    private static Found first(Dns dns, List<String> bases, int port) {
        for (String base : bases) {
            switch (dns.tlsa(port, base)) {
                case Dns.Records<Dns.Tlsa> found when found.authentic() -> {
                    return new Published(base, found.list());
                }
                case Dns.Fault<Dns.Tlsa> fault -> {
                    return new KeptBack(base, fault);
                }
                case Dns.Records<Dns.Tlsa> _,Dns.None<Dns.Tlsa> _ -> {
                }
            }
        }
        return new Nothing();
    }
}
