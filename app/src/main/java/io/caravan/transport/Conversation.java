package io.caravan.transport;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.DeliveryResult;
import io.caravan.mail.SmtpReply;

/**
 * Mail after mail on one connection. Where PIPELINING is offered (RFC 2920), MAIL, RCPT and DATA of the next mail ride behind the final
 * dot of this one: one round trip a mail. The rider's content waits for this mail's reply and for its own 354, so that never more than
 * one final dot is unanswered.
 */
final class Conversation {

    private static final Logger LOG = System.getLogger(Conversation.class.getName());
    private static final byte[] FINAL_DOT = {'.', '\r', '\n'};

    private final Session session;
    private final Wire wire;
    private final Waits waits;
    private final Lane lane;
    private final Clearance clearance;
    private final Runnable onFirstAnswer;
    private final boolean lastWord;
    private final boolean comesBack;
    private final String host;
    private final boolean pipelining;
    private final Reuse reuse;
    private final Predicate<SmtpReply> refusesToRelay;
    private final long began = System.nanoTime();
    private int begun;
    private @Nullable Ticket current;
    private @Nullable Ticket rider;
    private boolean dirty; // a transaction was begun and not ended: RSET comes first
    private boolean resetAsked;
    private boolean worked;

    /**
     * With a relay.
     *
     * @param refusesToRelay true of refusals that are the relay's own fault and no recipient's
     */
    Conversation(Session session, Lane lane, Clearance clearance, Reuse reuse, Runnable onFirstAnswer,
            Predicate<SmtpReply> refusesToRelay) {
        this(session, lane, clearance, reuse, onFirstAnswer, true, false, refusesToRelay);
    }

    /**
     * With a mail exchanger. A mail that it loses comes back, unless all other hosts had failed before.
     *
     * @param lastWord what this host cannot take no other host of the lane will
     */
    Conversation(MxDialling.Reached host, Lane lane, Clearance clearance, Reuse reuse, Runnable onFirstAnswer,
            boolean lastWord) {
        this(host.session(), lane, clearance, reuse, onFirstAnswer, lastWord, !host.again(), _ -> false);
    }

    private Conversation(Session session, Lane lane, Clearance clearance, Reuse reuse, Runnable onFirstAnswer,
            boolean lastWord, boolean comesBack, Predicate<SmtpReply> refusesToRelay) {
        this.lastWord = lastWord;
        this.comesBack = comesBack;
        this.refusesToRelay = refusesToRelay;
        this.session = session;
        this.reuse = reuse;
        this.lane = lane;
        this.clearance = clearance;
        this.onFirstAnswer = onFirstAnswer;
        wire = session.wire();
        waits = session.waits();
        host = session.relay().host();
        pipelining = session.can().pipelining();
    }

    /** True once the host has answered for a mail, or had none to answer for. */
    boolean worked() {
        return worked;
    }

    /**
     * Sends this mail, if there is one yet, and all that come, until none comes for the idle time or the connection has been used enough.
     * Every ticket that it took is settled, put back or passed on.
     *
     * @throws LineLost if the connection did not end in good order
     */
    void serve(@Nullable Ticket first) throws LineLost {
        current = first;
        try {
            if (first == null) {
                answered();
                current = next();
            }
            boolean asked = false;
            while (current != null) {
                asked = step(current, asked);
            }
            answered();
            session.quit();
        } catch (LineLost e) {
            letGo(e);
            throw e;
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "event=conversation-failed relay=" + lane.relay().name(), e);
            LineLost why = new LineLost("our own error, see the log: " + e);
            letGo(why);
            throw why;
        }
    }

    private void letGo(LineLost lost) {
        wire.cut("given up");
        LineLost why = lane.hasOtherHosts() ? lost.at(session.peer()) : lost;
        Ticket behind = rider;
        if (behind != null) {
            behind.lost(lane, host, why, true);
        }
        Ticket ahead = current;
        if (ahead != null) {
            // a relay that works on other connections is not down; of a domain's hosts the next may work. What the last one said is its result
            ahead.lost(lane, host, why, worked || lane.open() > 1 || comesBack);
        }
    }

    /** One mail. True: the mail that is now current has its envelope out already. */
    private boolean step(Ticket ticket, boolean asked) throws LineLost {
        if (!asked && !mayAsk(ticket)) {
            current = next();
            return false;
        }
        begun++;
        if (!(pipelining ? askedAtOnce(ticket, asked) : askedStepByStep(ticket))) {
            current = next();
            return false;
        }
        lastLook(ticket);
        content(ticket);
        DeliveryResult result = Replies.result(host, Stage.DOT, wire.reply(Stage.DOT, waits.dot()));
        settle(ticket, result);
        if (result.reply().startsWith("421")) {
            throw new LineLost("final dot: " + result.reply());
        }
        current = rider;
        rider = null;
        if (current != null) {
            return true;
        }
        current = next();
        return false;
    }

    private @Nullable Ticket next() {
        return usedUp() ? null : lane.takeOpen(waits.idle());
    }

    /** Nobody else's mail may follow on one that was made for one domain, even if it has carried none yet (RFC 7672 section 3.2.2). */
    private boolean usedUp() {
        return session.only() || begun >= reuse.mails() || System.nanoTime() - began > reuse.age().toNanos();
    }

    private void settle(Ticket ticket, DeliveryResult result) {
        ticket.settle(result);
        current = null;
        answered();
    }

    private void answered() {
        if (!worked) {
            worked = true;
            onFirstAnswer.run();
        }
    }

    /** False: it may not or cannot go by this host, and has its result or is on its way to the next relay. */
    private boolean mayAsk(Ticket ticket) {
        DeliveryResult objection = clearance.objection(ticket.cleared());
        if (objection == null) {
            objection = Command.flaw(ticket.mail());
        }
        if (objection != null) {
            ticket.settle(objection);
            return false;
        }
        DeliveryResult unfit = Command.unfit(ticket.mail(), session);
        if (unfit != null) {
            ticket.unfit(lane, host, unfit, lastWord);
            return false;
        }
        return true;
    }

    /** MAIL, RCPT and DATA in one write and then all their replies. True: 354, the host waits for content. */
    private boolean askedAtOnce(Ticket ticket, boolean already) throws LineLost {
        if (!already) {
            envelope(ticket);
            wire.flush(waits.mail());
        }
        if (resetAsked) {
            readReset();
        }
        // a refusal is this mail's result even if the host breaks down over the rest of the group
        boolean mail = positive(ticket, Stage.MAIL, session.reply(Stage.MAIL, waits.mail()));
        SmtpReply rcpt = session.reply(Stage.RCPT, waits.rcpt());
        boolean taken = mail && positive(ticket, Stage.RCPT, rcpt);
        SmtpReply data = session.reply(Stage.DATA, waits.data());
        if (taken) {
            return ready(ticket, data);
        }
        if (data.isIntermediate()) { // RFC 2920 3.1: DATA without recipients may be taken, and is then ended at once
            wire.put(FINAL_DOT, 0, FINAL_DOT.length, waits.block());
            wire.flush(waits.block());
            session.reply(Stage.DOT, waits.dot());
        }
        return false;
    }

    private boolean askedStepByStep(Ticket ticket) throws LineLost {
        if (dirty) {
            reset();
            wire.flush(waits.mail());
            readReset();
        }
        return positive(ticket, Stage.MAIL, ask(Command.mail(ticket.mail(), session), Stage.MAIL))
                && positive(ticket, Stage.RCPT, ask(Command.rcpt(ticket.mail()), Stage.RCPT))
                && ready(ticket, ask("DATA", Stage.DATA));
    }

    private SmtpReply ask(String command, Stage stage) throws LineLost {
        if (wire.hasUnread()) {
            throw new LineLost("the host said more than it was asked");
        }
        wire.put(command, waits.mail());
        wire.flush(waits.mail());
        return session.reply(stage, switch (stage) {
            case RCPT -> waits.rcpt();
            case DATA -> waits.data();
            default -> waits.mail();
        });
    }

    private boolean positive(Ticket ticket, Stage stage, SmtpReply reply) throws LineLost {
        if (reply.isPositive()) {
            if (stage == Stage.RCPT) {
                lane.relays();
            }
            return true;
        }
        DeliveryResult refused = Replies.result(host, stage, reply);
        dirty = true;
        if (stage != Stage.DATA && refusesToRelay.test(reply)) {
            notRelayed(ticket, new LineLost(stage.word + ": " + reply.oneLine(), reply));
            return false;
        }
        if (stage == Stage.RCPT) {
            lane.relays();
        }
        settle(ticket, refused);
        return false;
    }

    /**
     * To the next relay; with none left it is deferred, since somebody can mend it. One domain may be one that it leaves out; when it refuses
     * the next as well, and says nothing else of anybody between, it relays for nobody.
     */
    private void notRelayed(Ticket ticket, LineLost why) throws LineLost {
        current = null;
        ticket.passOn(lane, why.noService().at(host));
        if (lane.refusesToRelay(ticket.mail().envelope().recipient().domain())) {
            worked = false;
            throw why;
        }
        answered();
    }

    private boolean ready(Ticket ticket, SmtpReply data) throws LineLost {
        if (data.code() == 354) {
            return true;
        }
        if (data.isIntermediate() || data.isPositive()) {
            throw new LineLost("DATA was answered with " + data.oneLine());
        }
        return positive(ticket, Stage.DATA, data);
    }

    private void envelope(Ticket ticket) throws LineLost {
        if (wire.hasUnread()) {
            throw new LineLost("the host said more than it was asked");
        }
        if (dirty) {
            reset();
        }
        wire.put(Command.mail(ticket.mail(), session), waits.mail());
        wire.put(Command.rcpt(ticket.mail()), waits.mail());
        wire.put("DATA", waits.mail());
    }

    private void reset() throws LineLost {
        wire.put("RSET", waits.mail());
        dirty = false;
        resetAsked = true;
    }

    private void readReset() throws LineLost {
        resetAsked = false;
        SmtpReply reply = session.reply(Stage.RSET, waits.mail());
        if (!reply.isPositive()) {
            throw new LineLost("RSET: " + reply.oneLine(), reply);
        }
    }

    /** After the 354 there is no way back but to hang up (RFC 5321 section 4.1.1.4). */
    private void lastLook(Ticket ticket) throws LineLost {
        DeliveryResult objection = clearance.objection(ticket.cleared());
        if (objection != null) {
            settle(ticket, objection);
            throw new LineLost("hung up before the content of a mail that must not go now");
        }
        if (wire.hasUnread()) { // it would be taken for the answer to the dot
            throw new LineLost("the host said more than 354 before it had the content");
        }
    }

    private void content(Ticket ticket) throws LineLost {
        Content.put(ticket.mail().content(), wire, waits.block());
        try {
            ticket.dot();
        } catch (RuntimeException e) {
            settle(ticket, new DeliveryResult.NotTried("not sent, since the journal takes nothing: " + e.getMessage()));
            throw new LineLost("hung up, since the journal takes nothing");
        }
        wire.put(FINAL_DOT, 0, FINAL_DOT.length, waits.block());
        if (pipelining && !usedUp()) {
            takeRider();
        }
        wire.flush(waits.block());
    }

    private void takeRider() throws LineLost {
        for (Ticket next = lane.poll(); next != null; next = lane.poll()) {
            rider = next; // from here on it is looked after, whatever happens
            if (mayAsk(next)) {
                envelope(next);
                return;
            }
            rider = null;
        }
    }
}
