package io.caravan.transport;

/** How a relay's connection is encrypted. */
public enum Tls {
    /** Never, even if offered. */
    NONE,
    /** STARTTLS if offered, else in the clear; a handshake that fails is tried again in the clear (RFC 7435). */
    OPPORTUNISTIC,
    /** STARTTLS must be offered and succeed, else the relay counts as down (RFC 3207). */
    REQUIRED,
    /** TLS from the first byte, {@code smtps://} (RFC 8314 section 3.3). */
    IMPLICIT
}
