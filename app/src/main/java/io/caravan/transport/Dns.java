package io.caravan.transport;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * What delivering needs of the DNS. Names are ASCII (A-labels), without a dot at the end, any case. Every call may wait for the
 * network, for seconds at worst; none throws.
 */
public interface Dns {

    /** Mail exchangers of a domain, in no order (RFC 5321 section 5.1). A null MX (RFC 7505) is one record whose host is {@code ""}. */
    Answer<Mx> mx(String domain);

    /** Where a name is an alias, its CNAME record and no further, so that it can be told how this name alone was validated. */
    Answer<String> alias(String name);

    /** Addresses of a host, IPv6 and IPv4, aliases followed. {@link Fault} only if neither kind could be had. */
    Answer<InetAddress> addresses(String host);

    /** {@code _PORT._tcp.HOST} (RFC 6698). Only of worth if {@link Records#authentic}. */
    Answer<Tlsa> tlsa(int port, String host);

    /** Text records, the strings of each joined without a space, bytes as ISO 8859-1. */
    Answer<String> txt(String name);

    record Mx(int preference, String host) {
        private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9_.-]{1,253}");

        public boolean isNull() {
            return host.isEmpty();
        }

        /** A name may have any octets (RFC 2181 section 11), and as text be four times as long; a host's has letters, digits, - and _. */
        boolean isHostName() {
            return HOST_NAME.matcher(host).matches();
        }
    }

    /** @param data the certificate association data in lower-case hex */
    record Tlsa(int usage, int selector, int matching, String data) {
        /** As in a zone (RFC 6698 section 2.2). */
        String written() {
            return usage + " " + selector + " " + matching + " " + data;
        }
    }

    /** An answer; the type of its records says what was asked. */
    sealed interface Answer<T> {
    }

    /**
     * There are records, at least one.
     *
     * @param ttl       how long they may still be used
     * @param authentic the resolver validated them by DNSSEC (the AD bit) and may be believed: it runs on this machine, or is one that
     *                  {@code caravan.dns.servers} names; all aliases on the way included
     * @param name      whose they are: the name that was asked for, or the last of its aliases; lower case
     */
    record Records<T>(List<T> list, Duration ttl, boolean authentic, String name) implements Answer<T> {
        public Records {
            list = List.copyOf(list);
        }
    }

    /**
     * None, and if nothing is in doubt for certain.
     *
     * @param nxdomain  the name does not exist at all; false: it does, without such records
     * @param authentic as of {@link Records}: the denial was validated
     * @param doubt     why nothing may follow from it for good: the answer has no SOA record of the name or of one above it (RFC 2308
     *                  section 2), as those of a filter have none; null: it has
     */
    record None<T>(boolean nxdomain, Duration ttl, boolean authentic, @Nullable Fault<T> doubt) implements Answer<T> {

        /** One that a zone vouches for. */
        static <T> None<T> certain(boolean nxdomain, Duration ttl, boolean authentic) {
            return new None<>(nxdomain, ttl, authentic, null);
        }
    }

    /**
     * Nobody knows now: no answer, SERVFAIL, REFUSED, nonsense. Temporary, never a reason to bounce.
     *
     * @param server whom was asked last
     */
    record Fault<T>(String server, String why) implements Answer<T> {
        @Override
        public String toString() {
            return "the DNS server " + server + " " + why;
        }
    }
}
