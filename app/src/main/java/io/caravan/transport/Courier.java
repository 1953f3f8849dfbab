package io.caravan.transport;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.DeliveryResult;

/**
 * One thread that has at most one connection to one relay. Takes a mail, opens a connection for it, and keeps to that connection as long
 * as there is mail; a relay that gives no service loses the mail to the next one of its route.
 */
final class Courier implements Runnable {

    private static final Logger LOG = System.getLogger(Courier.class.getName());
    private static final Duration REST = Duration.ofSeconds(5);

    private final Lane lane;
    private final RelayDialling dialling;
    private final RelayGate gate;
    private final Clearance clearance;
    private @Nullable Ticket inHand; // nobody else has it

    Courier(Lane lane, RelayDialling dialling, RelayGate gate, Clearance clearance) {
        this.lane = lane;
        this.dialling = dialling;
        this.gate = gate;
        this.clearance = clearance;
    }

    @Override
    public void run() {
        for (Ticket ticket = lane.takeNew(); ticket != null; ticket = lane.takeNew()) {
            inHand = ticket;
            try {
                carry(ticket);
            } catch (RuntimeException | Error e) {
                LOG.log(Level.ERROR,
                        "event=courier-failed relay=" + lane.relay().name() + " row=" + ticket.mail().row(), e);
                Ticket left = inHand;
                if (left != null) {
                    left.lost(lane, lane.relay().host(), new LineLost("our own error, see the log: " + e), false);
                }
            }
        }
    }

    private void carry(Ticket ticket) {
        DeliveryResult objection = clearance.objection(ticket.cleared());
        if (objection != null) {
            ticket.settle(objection);
            return;
        }
        String silence = lane.silence();
        if (silence != null && ticket.hasAnother()) {
            ticket.skip(lane, silence);
            return;
        }
        boolean asked = lane.open() == 0; // while others are open it is not down
        if (asked && !gate.mayTry(lane.relay().name())) {
            ticket.skip(lane, "down, not tried again yet");
            return;
        }
        RelayDialling.Reached host = reach(ticket, asked);
        if (host != null) {
            talk(host, asked);
        }
    }

    private RelayDialling.@Nullable Reached reach(Ticket ticket, boolean asked) {
        lane.dials(ticket);
        LineLost why;
        try {
            return dialling.reach();
        } catch (LineLost e) {
            why = e;
        } catch (RuntimeException | Error e) {
            down(new LineLost("our own error: " + e)); // a trial must have an end
            throw e;
        } finally {
            inHand = lane.dialled(ticket) ? ticket : null; // it may have gone to the next relay meanwhile
        }
        boolean down = noService(why, asked);
        if (inHand == null) {
            return null;
        }
        if (down) {
            ticket.passOn(lane, why.noService());
        } else {
            ticket.putBack(lane); // "too many connections": the open ones will take it
        }
        return null;
    }

    private void talk(RelayDialling.Reached host, boolean asked) {
        lane.opened();
        Conversation conversation = new Conversation(host.session(), lane, clearance, Reuse.RELAY,
                () -> gate.worked(lane.relay().name()), gate::refusesToRelay);
        LineLost lost = null;
        Ticket first = inHand;
        inHand = null; // whatever happens, the conversation looks after it
        try (Session _ = host.session()) {
            conversation.serve(first);
        } catch (LineLost e) {
            lost = e;
        } finally {
            lane.closed();
        }
        if (lost != null && !conversation.worked()) {
            dialling.avoid(host.address());
            noService(lost, asked);
        }
    }

    /** A new connection came to nothing. True: the relay is down. False: others to it are open, so it only takes no more of them. */
    private boolean noService(LineLost why, boolean asked) {
        if (!lane.restFromOpening(REST)) {
            down(why);
            return true;
        }
        if (asked) {
            gate.worked(lane.relay().name()); // somebody else got through since it was asked
        }
        return false;
    }

    private void down(LineLost why) {
        LOG.log(Level.DEBUG, "event=relay-failed relay={0} reason={1}", lane.relay().name(), why.said());
        gate.failed(lane.relay().name(), why.said());
    }
}
