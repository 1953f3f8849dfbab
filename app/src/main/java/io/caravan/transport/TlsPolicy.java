package io.caravan.transport;

import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/** What TLS a connection to one host must have. What it lacks is a reason to wait (4.7.x), never to bounce. */
public sealed interface TlsPolicy {

    /** None, even if offered. */
    record Plain() implements TlsPolicy {
    }

    /**
     * If offered and if it works, else in the clear.
     *
     * @param watched what would hold if it were enforced (MTA-STS in testing): how it went is counted, and has no other effect; null: nothing
     */
    record Opportunistic(@Nullable Verified watched) implements TlsPolicy {
    }

    /** @param rule who demands it, as the end of a sentence: {@code tls=required is set (caravan.relays.main.uri)} */
    record Encrypted(String rule) implements TlsPolicy {
    }

    /** Encrypted, the certificate's chain trusted and one of its names this host's. */
    record Verified(String name, String rule) implements TlsPolicy {
    }

    /**
     * Encrypted, and the certificate is one that the host's domain has published (RFC 7672).
     *
     * @param records at least one, all of them usable
     * @param base    whose records they are (the TLSA base domain). The host is told that it is wanted, and for usage 2 the certificate is for it
     *                (RFC 7672 section 3.2.2)
     * @param nextHop or, for usage 2, for one of these: the recipient's domain and what that is an alias of. Then the connection is for that
     *                domain's mail alone
     */
    record Dane(List<Dns.Tlsa> records, String base, List<String> nextHop, String rule) implements TlsPolicy {
        public Dane {
            records = List.copyOf(records);
            nextHop = List.copyOf(nextHop);
        }

        /** All names that the certificate of an authority may be for, the first of them preferred. */
        List<String> names() {
            return Stream.concat(Stream.of(base), nextHop.stream()).distinct().toList();
        }
    }

    TlsPolicy OPPORTUNISTIC = new Opportunistic(null);

    static TlsPolicy of(Relay relay) {
        String key = " (caravan.relays." + relay.name() + ".uri)";
        return switch (relay.tls()) {
            case NONE -> new Plain();
            case OPPORTUNISTIC -> relay.user() == null
                    ? OPPORTUNISTIC
                    : new Encrypted("a login must not go in the clear" + key);
            case REQUIRED -> new Encrypted("tls=required is set" + key);
            case IMPLICIT -> new Encrypted("smtps:// is set" + key);
            case VERIFIED, IMPLICIT_VERIFIED -> new Verified(relay.host(), "tls=verified is set" + key);
        };
    }

    /** Who demands TLS, null if nobody does. */
    default @Nullable String demand() {
        return switch (this) {
            case Plain _,Opportunistic _ -> null;
            case Encrypted encrypted -> encrypted.rule();
            case Verified verified -> verified.rule();
            case Dane dane -> dane.rule();
        };
    }

    /** Whether the host's certificate is looked at. */
    default boolean judges() {
        return this instanceof Verified || this instanceof Dane
                || this instanceof Opportunistic o && o.watched() != null;
    }
}
