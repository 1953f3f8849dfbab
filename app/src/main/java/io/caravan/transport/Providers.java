package io.caravan.transport;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which mailbox provider a domain is of. First by its own name, then by its best mail exchanger: by rule, else by the domain that this
 * host is registered under, so that all whom one hoster serves are one.
 */
public final class Providers {

    /** Connections to a provider that a rule names, unless the rule says otherwise. */
    public static final int LARGE = 10;
    /** To any other: a small host takes more for an attack. */
    public static final int SMALL = 2;

    /** What is registered under these is registered at the third level: {@code co.uk}, {@code com.br}. Elsewhere at the second. */
    private static final Set<String> SECOND_LEVEL = Set.of("ac", "ad", "asn", "co", "com", "ed", "edu", "gen", "go",
            "gob", "gov", "gr", "id", "lg", "ltd", "me", "mil", "ne", "net", "nom", "or", "org", "plc", "sch");

    /** @param connections at once, at most */
    public record Provider(String name, int connections) {
    }

    /**
     * @param mx      names of mail exchangers, or of domains above them; {@code *.} before it changes nothing
     * @param domains recipient domains that are known without a look-up
     */
    public record Rule(String name, List<String> mx, List<String> domains, int connections) {
    }

    private final Map<String, Provider> byDomain = new HashMap<>();
    private final Map<String, Provider> byHost = new HashMap<>();

    /** @param rules earlier ones win */
    public Providers(List<Rule> rules) {
        for (Rule rule : rules) {
            Provider provider = new Provider(rule.name(), rule.connections());
            rule.domains().forEach(domain -> byDomain.putIfAbsent(lower(domain), provider));
            rule.mx().forEach(host -> byHost.putIfAbsent(lower(host), provider));
        }
    }

    private static String lower(String name) {
        String low = name.toLowerCase(java.util.Locale.ROOT);
        return low.startsWith("*.") ? low.substring(2) : low;
    }

    /** As far as the domain's name alone tells. */
    public Optional<Provider> of(String domain) {
        return Optional.ofNullable(byDomain.get(domain));
    }

    /** @param host the domain's best mail exchanger */
    public Provider of(String domain, String host) {
        Provider known = byDomain.get(domain);
        for (String at = host; known == null && !at.isEmpty(); at = above(at)) {
            known = byHost.get(at);
        }
        return known != null ? known : new Provider(registered(host), SMALL);
    }

    private static String above(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? "" : name.substring(dot + 1);
    }

    /** The domain that somebody registered, by a simple rule: what it gets wrong joins or parts two small hosts and no more. */
    static String registered(String host) {
        String[] labels = host.split("\\.");
        int last = labels.length - 1;
        if (last < 2 || host.startsWith("[")) {
            return host;
        }
        boolean third = labels[last].length() == 2 && SECOND_LEVEL.contains(labels[last - 1]);
        String two = labels[last - 1] + "." + labels[last];
        return third ? labels[last - 2] + "." + two : two;
    }
}
