package io.caravan.transport;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.SmtpReply;

/** One destination at work: its lane, and what is known of its hosts for as long as there is mail for it. */
final class MxLane {

    /** Why a destination is left alone. */
    record Down(NoService why, long until) {
    }

    private final Destination destination;
    private final TlsPolicies.ForDomain tls;
    private final CrewLane lane;
    private final Duration rest;
    private final MxHealth health;
    private final SlowHosts slow;
    private final String key;
    private final Map<InetAddress, Long> avoidUntil = new ConcurrentHashMap<>();
    private volatile @Nullable Down down;

    MxLane(Destination destination, TlsPolicies.ForDomain tls, int port, Duration rest, MxHealth health, SlowHosts slow,
            Crew crew) {
        key = keyOf(destination, tls);
        this.slow = slow;
        this.destination = destination;
        this.tls = tls;
        this.health = health;
        this.rest = rest;
        lane = new CrewLane(Relay.exchanger(destination.first(), port, destination.provider().connections()), crew);
    }

    /** Equal where connections may be shared. */
    static String keyOf(Destination destination, TlsPolicies.ForDomain tls) {
        return destination.key() + " " + tls.key();
    }

    Destination destination() {
        return destination;
    }

    TlsPolicies.ForDomain tls() {
        return tls;
    }

    CrewLane lane() {
        return lane;
    }

    String provider() {
        return destination.provider().name();
    }

    /** Null: it may be tried. */
    @Nullable
    Down down() {
        Down now = down;
        return now != null && System.nanoTime() - now.until() < 0 ? now : null;
    }

    /** None of its hosts gave service: its mail is told so at once, instead of every one finding out by itself. */
    void failed(NoService why) {
        NoService told = unanswered(why);
        down = new Down(told, System.nanoTime() + rest.toNanos());
        if (!why.ofPolicy()) { // that one domain trusts its hosts less says nothing of the provider
            health.failed(destination, why.why()); // after it: when a trial is due it must be let through here
        }
        lane.takeAll().forEach(ticket -> ticket.passOn(lane, told));
    }

    /**
     * For mail that no host answered: what was said to another, and no reply of its own, since replies are counted. A 5xx is the answer to
     * every mail (RFC 5321 section 3.1, "no SMTP service here"), and counts for each: one a rest would never be enough for a breaker.
     */
    private static NoService unanswered(NoService why) {
        SmtpReply reply = why.reply();
        boolean isForAll = reply == null || reply.isPermanent() && !why.ofPolicy();
        return isForAll ? why : NoService.unasked(why.why());
    }

    void worked(InetAddress address) {
        down = null;
        health.worked(destination);
        avoidUntil.remove(address);
        slow.remove(key, address);
    }

    /** This address comes last for a while. */
    void avoid(InetAddress address) {
        avoidUntil.put(address, System.nanoTime() + rest.toNanos());
    }

    /** As {@link #avoid}, beyond the first retry: an attempt has no time to find it out each time before it comes to the next host. */
    void avoidLong(InetAddress address) {
        slow.add(key, address);
    }

    boolean isAvoided(InetAddress address) {
        Long until = avoidUntil.get(address);
        return until != null && System.nanoTime() - until < 0 || slow.has(key, address);
    }

    /** Takes a mail. False: it has just been put away, make another. */
    boolean add(Ticket ticket) {
        Down now = down();
        if (now != null) {
            ticket.leave();
            ticket.passOn(lane, now.why());
            return true;
        }
        return lane.add(ticket);
    }

    /** True if it is put away: nobody is here, nothing waits, and there is nothing to remember. */
    boolean retire() {
        return down() == null && lane.retire();
    }
}
