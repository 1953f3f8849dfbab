package io.caravan.flow;

import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.mail.BatchId;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.Envelope;
import io.caravan.mail.Finished;
import io.caravan.mail.Gate;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowId;
import io.caravan.mail.TemporaryFault;
import io.caravan.mailbox.Mailbox;
import io.caravan.mailbox.Message;

/**
 * Sends a mail of the built-in mailbox out for real, as it stands and from its own envelope sender, to a verified address. It passes the
 * gate like all mail, is tried once, and changes no row of any ledger: what came of it is the answer.
 */
@Component
public class Release {

    private static final Logger log = LoggerFactory.getLogger(Release.class);
    /** No run has this id. */
    private static final long NO_RUN = 0;
    private static final long PATIENCE_SECONDS = 30;

    private final Mailbox mailbox;
    private final SentMail sent;
    private final Sending sending;
    private final NodeSettings node;
    private final GateStep gate;
    private final NodeLife life;
    private final SecureRandom random = new SecureRandom();

    Release(Mailbox mailbox, SentMail sent, Sending sending, NodeSettings node, GateStep gate, NodeLife life) {
        this.mailbox = mailbox;
        this.sent = sent;
        this.sending = sending;
        this.node = node;
        this.gate = gate;
        this.life = life;
    }

    /**
     * What became of it.
     *
     * @param state the ledger's word for such an outcome; {@code not_tried} if nothing was sent and it may be released again
     */
    public record Released(String to, String state, String host, String status, String reply, String reason) {

        public boolean isAccepted() {
            return state.equals("accepted");
        }
    }

    /**
     * @return empty if there is no such mail
     * @throws InvalidInput   the address is wrong, not verified or suppressed, or there is no relay to send by: what to do
     * @throws TemporaryFault no answer in half a minute
     */
    public Optional<Released> release(long message, String to) {
        Optional<Message> found = mailbox.find(message);
        return found.flatMap(line -> mailbox.raw(message).map(source -> release(line, source, to)));
    }

    private Released release(Message line, byte[] source, String to) {
        EmailAddress recipient = EmailAddress.parse(to.strip());
        if (!sending.isVerified(recipient)) {
            throw new InvalidInput(recipient.written()
                    + " is not verified: add the address or its domain to caravan.sandbox.verified and start again");
        }
        Finished mail = finished(line, source, recipient);
        Gate.Passage passage = gate.pass(mail);
        if (passage.cleared().isEmpty()) {
            throw new InvalidInput(recipient.written() + " must not be mailed (" + passage.suppressed().get(mail.row())
                    + "): nothing was sent; remove the suppression first if it is wrong");
        }
        DeliveryResult result = outcome(life.test(passage.cleared().getFirst()));
        log.info("event=mail-released message={} route={} outcome={}", line.id(), mail.route(), state(result));
        return new Released(recipient.written(), state(result), result.host(), result.status(), result.reply(),
                result.reason());
    }

    private Finished finished(Message line, byte[] source, EmailAddress recipient) {
        SentMail.About about = Optional.ofNullable(line.row()).flatMap(sent::about).orElse(null);
        Identity identity = about == null ? sending.identity(fromDomain(line)) : sending.named(about.identity());
        RowId row = new RowId(NO_RUN, 1 + random.nextInt(Integer.MAX_VALUE - 1));
        return new Finished(row, new BatchId(0), 1, new Envelope(line.sender(), recipient), identity.name(),
                about == null ? "" : about.list(), route(identity, recipient), line.messageId(), List.of(source));
    }

    private static String fromDomain(Message line) {
        String from = line.from();
        return from.substring(from.lastIndexOf('@') + 1).replaceAll("[>\\s].*$", "");
    }

    /** Where the sandbox routes nothing out there may still be one relay, and then that is meant. */
    private String route(Identity identity, EmailAddress recipient) {
        String route = sending.wayOut(identity, recipient);
        if (!route.equals(Sending.MAILBOX)) {
            return route;
        }
        if (node.relays().size() == 1) {
            return "relay:" + node.relays().getFirst().name();
        }
        throw new InvalidInput(node.relays().isEmpty()
                ? "there is no relay to send it by: set caravan.relays.NAME.uri=smtp://HOST:PORT and start again"
                : "there are several relays and no route names one for " + recipient.domain()
                        + ": set caravan.routing.default=relay:NAME and start again");
    }

    private static DeliveryResult outcome(CompletableFuture<DeliveryResult> coming) {
        try {
            return coming.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new TemporaryFault("no answer in " + PATIENCE_SECONDS
                    + " seconds: the mail may still arrive; do not release it again before you have looked", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TemporaryFault("the node is stopping: release the mail again when it runs", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // it is only ever completed
        }
    }

    private static String state(DeliveryResult result) {
        return switch (result) {
            case DeliveryResult.Accepted _ -> "accepted";
            case DeliveryResult.Deferred _ -> "deferred";
            case DeliveryResult.Bounced _ -> "bounced";
            case DeliveryResult.Failed _ -> "failed";
            case DeliveryResult.Suppressed _ -> "suppressed";
            case DeliveryResult.NotTried _ -> "not_tried";
            case DeliveryResult.InDoubt _ -> "in_doubt";
            case DeliveryResult.Complained _ -> "complained";
        };
    }
}
