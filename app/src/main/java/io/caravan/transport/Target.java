package io.caravan.transport;

import java.net.InetAddress;
import java.util.function.BiConsumer;

/**
 * Whom a connection is for and how private it must be.
 *
 * @param address of the host
 * @param tls     hears how TLS went and from which address of ours, once a session that got so far
 */
record Target(Relay relay, InetAddress address, TlsPolicy policy, BiConsumer<TlsResult, InetAddress> tls) {

    static Target of(Relay relay, InetAddress address) {
        return new Target(relay, address, TlsPolicy.of(relay), (_, _) -> {
        });
    }

    String host() {
        return relay.host();
    }

    /** The name that TLS asks for (SNI): of the one whose TLSA records count, if they do (RFC 7671 section 3). */
    String tlsName() {
        return policy instanceof TlsPolicy.Dane dane ? dane.base() : host();
    }

    /** As people read it: the host, and which of its addresses. */
    String peer() {
        return host() + " [" + address.getHostAddress() + "]";
    }
}
