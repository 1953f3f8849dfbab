package io.caravan.transport;

/** How a connection is encrypted, as a relay's URI or {@code caravan.tls} says it. */
public enum Tls {
    /** Never, even if offered. */
    NONE,
    /** STARTTLS if offered, else in the clear; a handshake that fails is tried again in the clear (RFC 7435). */
    OPPORTUNISTIC,
    /** STARTTLS must be offered and succeed, else the host counts as down (RFC 3207). Whom the line leads to is not checked. */
    REQUIRED,
    /** As {@link #REQUIRED}, and the certificate is trusted and for this host's name (RFC 9525). */
    VERIFIED,
    /** TLS from the first byte, {@code smtps://} (RFC 8314 section 3.3). */
    IMPLICIT,
    /** As {@link #IMPLICIT}, and the certificate is trusted and for this host's name. */
    IMPLICIT_VERIFIED;

    boolean isImplicit() {
        return this == IMPLICIT || this == IMPLICIT_VERIFIED;
    }

    boolean isVerified() {
        return this == VERIFIED || this == IMPLICIT_VERIFIED;
    }
}
