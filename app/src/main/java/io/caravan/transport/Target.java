package io.caravan.transport;

import java.net.InetAddress;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Whom a connection is for and how private it must be.
 *
 * @param address of the host; null: any that the system knows
 * @param tls     hears how TLS went, once a session that got so far
 */
record Target(Relay relay, @Nullable InetAddress address, TlsPolicy policy, Consumer<TlsResult> tls) {

    static Target of(Relay relay) {
        return new Target(relay, null, TlsPolicy.of(relay), _ -> {
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
