package io.caravan.mailauth;

import org.jspecify.annotations.Nullable;

/** A mechanism of an SPF record (RFC 7208 section 5), with the result it gives when it matches. */
record SpfTerm(SpfResult result, Mechanism mechanism, String written) {

    sealed interface Mechanism {

        /** The domain-spec, null if none is written. */
        default @Nullable MacroString domain() {
            return null;
        }
    }

    record All() implements Mechanism {
    }

    record Include(MacroString domain) implements Mechanism {
    }

    /** @param domain null: the domain of the record; {@code bits4} and {@code bits6} are prefix lengths */
    record A(@Nullable MacroString domain, int bits4, int bits6) implements Mechanism {
    }

    /** As {@link A}, for the hosts of the domain's MX records. */
    record Mx(@Nullable MacroString domain, int bits4, int bits6) implements Mechanism {
    }

    record Ptr(@Nullable MacroString domain) implements Mechanism {
    }

    /** @param network null if it is an IPv4 address written in IPv6: no client is in it */
    record Ip(@Nullable IpAddress network, int bits) implements Mechanism {
    }

    record Exists(MacroString domain) implements Mechanism {
    }
}
