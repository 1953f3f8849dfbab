package io.caravan.transport;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Where the mail of a domain goes: its mail exchangers. Domains with the same ones share a destination, and its connections.
 *
 * @param hosts     the most preferred first
 * @param literal   the address itself when the recipient's domain is one, {@code [192.0.2.1]}
 * @param authentic the DNS's word for these hosts was validated (DNSSEC)
 * @param key       equal for destinations that may share connections; made once, since every mail asks for it
 */
public record Destination(List<Dns.Mx> hosts, @Nullable InetAddress literal, Providers.Provider provider,
        boolean authentic, String key) {

    /** @param hosts at least one, in any order */
    static Destination of(List<Dns.Mx> hosts, @Nullable InetAddress literal, Providers.Provider provider,
            boolean authentic) {
        List<Dns.Mx> sorted = hosts.stream().distinct()
                .sorted(Comparator.comparingInt(Dns.Mx::preference).thenComparing(Dns.Mx::host)).toList();
        return new Destination(sorted, literal, provider, authentic, provider.name() + (authentic ? " validated " : " ")
                + sorted.stream().map(mx -> mx.preference() + ":" + mx.host()).collect(Collectors.joining(" ")));
    }

    /** The host to name when none of them was met. */
    String first() {
        return hosts.getFirst().host();
    }

    /** False: there are hosts that come before it. */
    boolean prefers(String host) {
        int best = hosts.getFirst().preference();
        return hosts.stream().anyMatch(mx -> mx.preference() == best && mx.host().equals(host));
    }

    /** In the order of preference, equal ones in a new order each time (RFC 5321 section 5.1). */
    List<String> inOrder(RandomGenerator random) {
        Map<Integer, List<String>> byPreference = new TreeMap<>();
        hosts.forEach(mx -> byPreference.computeIfAbsent(mx.preference(), _ -> new ArrayList<>()).add(mx.host()));
        List<String> order = new ArrayList<>();
        byPreference.values().forEach(equal -> {
            Collections.shuffle(equal, random);
            order.addAll(equal);
        });
        return order;
    }
}
