package io.caravan.transport;

import java.time.Duration;

/**
 * How long one connection serves. Short enough that hosts behind a balancer share the work and that what DNS and TLS policies say now is
 * looked at again; long enough that opening it (three round trips and a handshake) costs nothing a mail.
 *
 * @param messages mails on one connection, at most
 * @param age      no mail is begun on one that is older
 */
public record Reuse(int messages, Duration age) {

    /** Postfix's 300 s, KumoMTA's thousand. */
    public static final Reuse USUAL = new Reuse(1000, Duration.ofMinutes(5));

    public Reuse {
        if (messages < 1 || age.isNegative() || age.isZero()) {
            throw new IllegalArgumentException("a connection must serve at least one mail, not " + messages + " in " + age);
        }
    }
}
