package io.caravan.transport;

import java.net.InetAddress;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

/**
 * Whom a connection is for and how private it must be.
 *
 * @param address of the host; null: any that it has
 * @param tls     hears how TLS went and from which address of ours, once a session that got so far
 */
record Target(Relay relay, @Nullable InetAddress address, TlsPolicy policy, BiConsumer<TlsResult, InetAddress> tls) {

    static Target of(Relay relay) {
        return new Target(relay, null, TlsPolicy.of(relay), (_, _) -> {
        });
    }

    String host() {
        return relay.host();
    }

    /** As people read it: the host, and which of its addresses when that was given. */
    String peer() {
        return address == null ? host() : host() + " [" + address.getHostAddress() + "]";
    }
}
