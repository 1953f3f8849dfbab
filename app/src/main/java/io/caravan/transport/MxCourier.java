package io.caravan.transport;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.DeliveryResult;

/** Carries mail of one destination over one connection after the other, for as long as there is some; then it is gone. */
final class MxCourier implements Runnable {

    private static final Logger LOG = System.getLogger(MxCourier.class.getName());
    private static final Duration REST = Duration.ofSeconds(5);

    private final MxLane to;
    private final CrewLane lane;
    private final MxDelivery delivery;
    private final Clearance clearance;
    private final MxCrew.Events events;

    MxCourier(MxLane to, MxDelivery delivery, Clearance clearance, MxCrew.Events events) {
        this.to = to;
        this.delivery = delivery;
        this.clearance = clearance;
        this.events = events;
        lane = to.lane();
    }

    MxLane to() {
        return to;
    }

    @Override
    public void run() {
        try {
            for (Ticket ticket = lane.take(true); ticket != null; ticket = lane.take(false)) {
                try {
                    carry(ticket);
                } catch (RuntimeException | Error e) {
                    LOG.log(Level.ERROR,
                            "event=courier-failed mx=" + lane.relay().name() + " row=" + ticket.mail().row(), e);
                    ticket.lost(lane, lane.relay().host(), new LineLost("our own error, see the log: " + e), false);
                }
            }
        } finally {
            events.gone(this);
        }
    }

    private void carry(Ticket ticket) {
        DeliveryResult objection = clearance.objection(ticket.cleared());
        if (objection != null) {
            ticket.settle(objection);
            return;
        }
        MxLane.Down down = to.down();
        if (down != null) {
            ticket.passOn(lane, down.why());
            return;
        }
        MxDialling.Reached host = reach(ticket);
        if (host != null) {
            talk(host, ticket);
        }
    }

    private MxDialling.@Nullable Reached reach(Ticket ticket) {
        MxDialling dialling = delivery.dialling(to, ticket.mail().envelope().recipient().domain());
        MxDialling.Reached host;
        events.calls(this);
        try {
            host = dialling.reach();
        } catch (RuntimeException | Error e) {
            events.reached(this, false);
            throw e;
        }
        events.reached(this, host != null);
        if (host != null) {
            return host;
        }
        if (lane.restFromOpening(REST)) {
            ticket.putBack(lane); // "too many connections": the open ones will take it
        } else {
            LOG.log(Level.DEBUG, "event=mx-failed mx={0} reason={1}", lane.relay().name(), dialling.why().why());
            ticket.passOn(lane, dialling.why());
            to.failed(dialling.why());
        }
        return null;
    }

    private void talk(MxDialling.Reached host, Ticket ticket) {
        lane.opened();
        Conversation conversation = new Conversation(host, lane, clearance, delivery.reuse(),
                () -> to.worked(host.address()), to.destination().prefers(host.session().relay().host()));
        LineLost lost = null;
        try (Session _ = host.session()) {
            conversation.serve(ticket);
        } catch (LineLost e) {
            lost = e;
        } finally {
            lane.closed();
        }
        if (lost != null && !conversation.worked()) {
            tookNoMail(host, lost);
        }
    }

    /** It took the connection and no mail: the next host comes first now; when there is none that did better, nobody is left to try. */
    private void tookNoMail(MxDialling.Reached host, LineLost lost) {
        to.avoid(host.address());
        if (host.again() && lane.open() == 0) {
            to.failed(new NoService(host.told(lost), lost.reply, lost.status, false, host.session().relay().host()));
        }
    }
}
