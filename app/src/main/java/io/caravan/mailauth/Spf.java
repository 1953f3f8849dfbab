package io.caravan.mailauth;

import java.time.Clock;
import java.util.Optional;

/** Checks whether a client may send for a domain (RFC 7208). */
public final class Spf {

    private final Names names;
    private final Clock clock;

    public Spf(Names names, Clock clock) {
        this.names = names;
        this.clock = clock;
    }

    /**
     * @param domain      whose record was asked; as A-label
     * @param reason      what matched or what is wrong, for people
     * @param explanation what the domain's owner says to whom it refuses (section 6.2), empty if nothing
     */
    public record Verdict(SpfResult result, String domain, String reason, String explanation) {
    }

    /**
     * The MAIL FROM identity; with an empty sender it is {@code postmaster} of the HELO name (section 2.4).
     *
     * @param client   an IPv4 or IPv6 address; anything else gives {@code none}
     * @param helo     the name of HELO or EHLO
     * @param mailFrom the address without angle brackets, empty for bounces
     */
    public Verdict check(String client, String helo, String mailFrom) {
        int at = mailFrom.lastIndexOf('@');
        String local = at <= 0 ? "postmaster" : mailFrom.substring(0, at);
        String written = mailFrom.isEmpty() ? helo : mailFrom.substring(at + 1);
        Optional<IpAddress> ip = IpAddress.parse(client);
        if (ip.isEmpty()) {
            return new Verdict(SpfResult.NONE, written, "'" + MacroString.printable(client) + "' is no IP address", "");
        }
        Optional<String> domain = DomainName.ascii(written);
        if (domain.isEmpty() || domain.get().indexOf('.') < 0 || written.startsWith("[")) {
            return new Verdict(SpfResult.NONE, written, written.isEmpty()
                    ? "neither a sender nor a HELO name is known"
                    : "'" + MacroString.printable(written) + "' is no domain name", "");
        }
        return new SpfEvaluation(names, clock, ip.get(), helo, local, domain.get()).verdict();
    }
}
