package io.caravan.flow;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.EmailAddress;
import io.caravan.mail.PermanentFault;
import io.caravan.mail.Rate;
import io.caravan.transport.RelayRoute;
import io.caravan.transport.Transport;

/**
 * How this installation sends, as configured: identities, routing, rates and the sizes of the road.
 *
 * @param sandbox        recipients who are not verified go to the mailbox whatever the routing says
 * @param verified       addresses and domains that may be mailed from the sandbox
 * @param route          {@code mx}, {@code mailbox}, {@code relay:A}, {@code relay:A,relay:B} or {@code relay:A*3,relay:B*1}
 * @param domainRoutes   the same by recipient domain
 * @param providerRates  by the provider's name
 * @param pins           recipient domains that the configuration counts to a provider, with its name
 * @param publicUrl      base of all links, without a slash at the end
 * @param batch          rows in a batch at most
 * @param road           claimed and unsettled rows of one route at most
 * @param memory         bytes of rendered mail in flight, from which on crowded roads wait
 * @param linger         how long a batch's results are gathered for the results route
 */
public record Sending(boolean sandbox, Set<String> verified, String route, Map<String, String> domainRoutes,
        Map<String, Identity> identities,
        @Nullable Rate overall, Map<String, Rate> relayRates, Map<String, Rate> providerRates, Map<String, String> pins,
        String publicUrl,
        int batch, int road,
        long memory, Duration linger) {

    /** The route of mail that stays here. */
    public static final String MAILBOX = "mailbox";
    /** Its addresses behave like the Amazon SES simulator's, in sandbox and production alike. */
    public static final String SIMULATOR = "simulator.caravan.test";

    /** Who sends for a header From of this domain: the identity of that domain. */
    public Identity identity(String fromDomain) {
        return identities.values().stream().filter(identity -> identity.domain().equals(fromDomain)).findFirst()
                .orElseGet(() -> Identity.plain(fromDomain));
    }

    /** Where a mail goes. */
    public String route(Identity identity, EmailAddress recipient) {
        if (recipient.domain().equals(SIMULATOR)) {
            return MAILBOX;
        }
        if (sandbox && !isVerified(recipient)) {
            return MAILBOX;
        }
        return leaving(identity, recipient.domain());
    }

    /**
     * The settings by which {@link #route} keeps mail here, as a number: the first 64 bits of a SHA-256. Where it is the same, of two nodes or
     * of two lives of one, the same mail stays; which way the rest goes is not in it.
     */
    public long stays() {
        List<String> parts = new ArrayList<>();
        parts.add(sandbox ? "sandbox" : "production");
        parts.add("route " + route.equals(MAILBOX));
        if (sandbox) {
            verified.forEach(entry -> parts.add("verified " + entry));
        }
        domainRoutes.forEach((domain, own) -> parts.add("domain " + domain + " " + own.equals(MAILBOX)));
        identities.values().stream().filter(identity -> identity.relay() != null)
                .forEach(identity -> parts.add("relay of " + identity.domain()));
        Collections.sort(parts);
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256")
                    .digest(String.join("\n", parts).getBytes(StandardCharsets.UTF_8))).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new PermanentFault("this Java has no SHA-256", e);
        }
    }

    /** True if mail to this domain may leave to its own hosts. */
    boolean leavesByMx(Identity identity, String domain) {
        boolean stays = domain.equals(SIMULATOR) || sandbox
                && verified.stream().noneMatch(entry -> entry.equals(domain) || entry.endsWith("@" + domain));
        return !stays && leaving(identity, domain).equals(Transport.MX);
    }

    /** The name of the lane that a domain belongs to: its provider's, but its own where its mail goes another way. */
    String laneName(String domain, @Nullable String provider) {
        if (goesItsOwnWay(domain)) {
            return domain;
        }
        String name = pins.getOrDefault(domain, provider == null ? domain : provider);
        return goesItsOwnWay(name) ? "hosts of " + name : name;
    }

    /** What a lane's mail may use, by its name; null: no limit of its own. */
    @Nullable
    Rate laneRate(String name) {
        Rate own = providerRates.get(name);
        String pinned = pins.get(name);
        return own != null || pinned == null ? own : providerRates.get(pinned);
    }

    private boolean goesItsOwnWay(String domain) {
        return domainRoutes.containsKey(domain) || domain.equals(SIMULATOR) || verified.contains(domain);
    }

    /** Where a lane's mail goes, as far as its name tells: what rates and room on the road are reckoned by. */
    public String laneRoute(Identity identity, String name) {
        boolean stays = sandbox && verified.isEmpty() || name.equals(SIMULATOR);
        return stays ? MAILBOX : leaving(identity, name);
    }

    /** The identity of a name that a prepared campaign gave. */
    Identity named(String name) {
        Identity known = identities.get(name);
        return known == null ? Identity.plain(name) : known;
    }

    /** True for an address that may be mailed from the sandbox, by itself or by its domain. */
    public boolean isVerified(EmailAddress address) {
        return verified.contains(address.domain()) || verified.contains(address.canonical());
    }

    /** Where a mail goes that is not to stay here. */
    String wayOut(Identity identity, EmailAddress recipient) {
        return leaving(identity, recipient.domain());
    }

    private String leaving(Identity identity, String domain) {
        String own = domainRoutes.get(domain);
        String relay = identity.relay();
        return own != null ? own : relay != null ? "relay:" + relay : route;
    }

    /** True if there must be a lane of this name however few its people: something is configured for it. */
    boolean isNamed(String lane) {
        return laneRate(lane) != null || goesItsOwnWay(lane);
    }

    /** The relays of a route in order, none for the mailbox. */
    static List<String> relays(String route) {
        RelayRoute by = RelayRoute.parse(route);
        return by == null ? List.of() : by.relays();
    }

    /** Every relay that some route names. */
    public Set<String> relaysNamed() {
        Set<String> named = new HashSet<>(relays(route));
        domainRoutes.values().forEach(own -> named.addAll(relays(own)));
        identities.values().forEach(identity -> {
            String relay = identity.relay();
            if (relay != null) {
                named.add(relay);
            }
        });
        return named;
    }
}
