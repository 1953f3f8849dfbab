package io.caravan.transport;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.Finished;
import io.caravan.mail.SmtpReply;

/** One offered mail on its way: which relays are left, whether its dot went out, and that it gets exactly one result. */
final class Ticket {

    private static final Logger LOG = System.getLogger(Ticket.class.getName());
    private static final int MOST_REPEATS = 3;

    private final Cleared cleared;
    private final List<Lane> route;
    private final DeliveryLog log;
    private final Runnable leftQueue;
    private final AtomicBoolean settled = new AtomicBoolean();
    private final AtomicBoolean left = new AtomicBoolean();
    private final List<String> tried = new ArrayList<>(0);
    private NoService last = NoService.unasked("");
    private int at;
    private int unfit; // so many relays of the route cannot take such a mail
    private int repeats;
    private boolean dotted;
    private boolean attempted;

    Ticket(Cleared cleared, List<Lane> route, DeliveryLog log, Runnable leftQueue) {
        this.cleared = cleared;
        this.route = route;
        this.log = log;
        this.leftQueue = leftQueue;
    }

    Cleared cleared() {
        return cleared;
    }

    Finished mail() {
        return cleared.mail();
    }

    /** To a relay that is silent only if it is the last. */
    void enter() {
        for (String silence = silence(); silence != null && hasAnother(); silence = silence()) {
            tried.add(route.get(at).relay().title() + ": " + silence);
            at++;
        }
        if (!route.get(at).add(this)) {
            settle(Transport.STOPPING);
        }
    }

    private @Nullable String silence() {
        return route.get(at).silence();
    }

    /** True if its route has a relay after this one. */
    boolean hasAnother() {
        return at + 1 < route.size();
    }

    /** It makes room for the next offer, the first time that a courier takes it. */
    void leave() {
        if (left.compareAndSet(false, true)) {
            leftQueue.run();
        }
    }

    /** @throws RuntimeException what the journal threw: then the dot must not go */
    void dot() {
        log.dot(mail());
        dotted = true;
    }

    void settle(DeliveryResult result) {
        if (!settled.compareAndSet(false, true)) {
            return;
        }
        leave();
        try {
            log.replied(mail(), result);
        } catch (RuntimeException e) {
            // the journal stops the node by itself (lastLook.mayStart); this thread has others' mail to look after
            LOG.log(Level.ERROR,
                    "event=result-not-recorded row=" + mail().row() + " result=" + result.getClass().getSimpleName(),
                    e);
        }
    }

    /**
     * The connection went away under it. In doubt if the dot was out; else once more when this connection or another one to
     * the relay has worked (hosts end sessions as they like), else to the next relay of its route.
     */
    void lost(Lane lane, String host, LineLost why, boolean relayWorks) {
        if (dotted) {
            settle(new DeliveryResult.InDoubt(host, why.said()));
        } else if (relayWorks && repeats++ < MOST_REPEATS) {
            if (why.reply != null) {
                log.turnedAway(mail(), why.reply);
            }
            putBack(lane);
        } else {
            passOn(lane, why.noService().at(host));
        }
    }

    void putBack(Lane lane) {
        if (!lane.putFirst(this)) {
            settle(Transport.STOPPING);
        }
    }

    void passOn(Lane lane, NoService why) {
        attempted = true;
        next(lane, why);
    }

    /** To the next relay, this one not having been asked. A mail that no relay was asked to take has had no attempt. */
    void skip(Lane lane, String why) {
        next(lane, NoService.unasked(why));
    }

    /**
     * The host was asked and cannot take such a mail. For good only if nobody else could.
     *
     * @param lastWord none of this lane's hosts could
     */
    void unfit(Lane lane, String host, DeliveryResult objection, boolean lastWord) {
        if (lastWord && ++unfit == route.size()) {
            settle(objection);
        } else {
            passOn(lane, new NoService(saying(objection), null, later(objection), false, host));
        }
    }

    private static String saying(DeliveryResult objection) {
        return objection instanceof DeliveryResult.Bounced bounced ? bounced.reply() : objection.reason();
    }

    private static String later(DeliveryResult objection) {
        String status = objection.status();
        return status.isEmpty() ? "" : '4' + status.substring(1);
    }

    private void next(Lane lane, NoService why) {
        if (lane.isStopped()) {
            settle(Transport.STOPPING);
            return;
        }
        tried.add(lane.hasOtherHosts() ? why.why() : lane.relay().title() + ": " + why.why());
        if (why.reply() != null || !why.status().isEmpty()) {
            last = why.host().isEmpty() ? why.at(lane.relay().host()) : why;
        }
        if (++at < route.size()) {
            enter();
            return;
        }
        if (!attempted) {
            settle(new DeliveryResult.NotTried(String.join("; ", tried)));
            return;
        }
        SmtpReply said = last.reply();
        String host = last.host().isEmpty() ? lane.relay().host() : last.host();
        settle(new DeliveryResult.Deferred(host, last.status(), said == null ? "" : said.oneLine(),
                String.join("; ", tried)));
    }
}
