package io.caravan.flow;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.delivery.AudiencePeople;
import io.caravan.delivery.AudiencePeople.Someone;
import io.caravan.mail.BatchId;
import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.Envelope;
import io.caravan.mail.Finished;
import io.caravan.mail.Gate;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.Keyed;
import io.caravan.mail.RowId;
import io.caravan.mail.TemporaryFault;
import io.caravan.mail.Verp;
import io.caravan.mailbox.Kept;
import io.caravan.mailbox.Mailbox;
import io.caravan.rendering.Marks;
import io.caravan.rendering.Person;
import io.caravan.rendering.RenderingFault;

/**
 * One mail of a campaign to somebody who wants to see it, as a person of the audience would get it. It passes the gate and goes the way of
 * all mail, sandbox and relays alike, but has no row in any ledger: it is never tried twice, and its links lead nowhere.
 */
@Component
public class TestMail {

    private static final String HEADER = "X-Caravan-Test";
    /** No run has this id. */
    private static final long NO_RUN = 0;
    private static final long PATIENCE_SECONDS = 30;
    private static final DeliveryResult UNKNOWN = new DeliveryResult.InDoubt("",
            "in doubt: this request was begun before and its answer was lost, so the mail may have been sent; it is not sent again;"
                    + " look into the inbox, or ask for another test with a new key");
    private static final TypeReference<Map<String, String>> ATTRIBUTES = new TypeReference<>() {
    };

    private final Campaigns campaigns;
    private final Preparations preparations;
    private final Concerned concerned;
    private final AudiencePeople people;
    private final Sending sending;
    private final Keyed keyed;
    private final GateStep gate;
    private final SignStep signer;
    private final NodeLife node;
    private final Mailbox mailbox;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final JsonMapper json = JsonMapper.builder().build();

    TestMail(Campaigns campaigns, Preparations preparations, Concerned concerned, AudiencePeople people,
            Sending sending, Keyed keyed,
            GateStep gate, SignStep signer, NodeLife node, Mailbox mailbox, InstantSource clock) {
        this.campaigns = campaigns;
        this.preparations = preparations;
        this.concerned = concerned;
        this.people = people;
        this.sending = sending;
        this.keyed = keyed;
        this.gate = gate;
        this.signer = signer;
        this.node = node;
        this.mailbox = mailbox;
        this.clock = clock;
    }

    /**
     * What became of it.
     *
     * @param as     the person whose data it shows
     * @param result as a row of the ledger would have it
     */
    public record Sent(String to, String as, DeliveryResult result) {
    }

    /**
     * Sends the version in force.
     *
     * @param to whom to
     * @param as the address of the person whose data it shows; "": the first of the audience
     * @throws InvalidInput   an address is wrong, there is no such person, the recipient is suppressed, or it cannot be rendered
     * @throws TemporaryFault no answer came in half a minute
     */
    public Sent send(Campaign campaign, String to, String as) {
        return send(campaign, to, as, null);
    }

    /**
     * The same, once for a request that may be done again: when its answer was lost, a mail that went to a host is not sent a second time, and
     * what became of it is not known any more. In the built-in mailbox it lies once.
     *
     * @param work 16 bytes that name the request; null: it is asked for once
     */
    public Sent send(Campaign campaign, String to, String as, byte @Nullable [] work) {
        EmailAddress recipient = address("to", to.strip());
        Prepared prepared = preparations.of(campaign.id(), campaign.version());
        boolean leaves = !prepared.route(sending, recipient).equals(Sending.MAILBOX);
        if (leaves && work != null && campaigns.done(campaign.id(), work).isPresent()) {
            return new Sent(recipient.written(), as.strip(), UNKNOWN); // whoever it was may be gone by now
        }
        Someone someone = someone(campaign, as.strip());
        Instant dated = clock.instant();
        Finished mail = finished(prepared, someone, recipient, dated, number(work));
        Gate.Passage passage = gate.pass(mail);
        if (passage.cleared().isEmpty()) {
            throw wrong("to", recipient.written() + " must not be mailed ("
                    + passage.suppressed().get(mail.row())
                    + "), not even with a test; give another address, or remove the suppression");
        }
        Cleared signed = signer.signed(passage.cleared().getFirst(), prepared.identity().domain(), dated);
        DeliveryResult result = !leaves
                ? keep(campaign, signed.mail())
                : work == null || campaigns.begin(campaign.id(), work) ? leave(signed) : UNKNOWN;
        return new Sent(recipient.written(), someone.written(), result);
    }

    /** Of a request that is done again the same one. */
    private int number(byte @Nullable [] work) {
        return 1 + (work == null
                ? random.nextInt(Integer.MAX_VALUE - 1)
                : Math.floorMod(ByteBuffer.wrap(work).getInt(), Integer.MAX_VALUE - 1));
    }

    private Someone someone(Campaign campaign, String as) {
        Optional<Someone> found = as.isEmpty()
                ? people.next(concerned.audience(campaign), 0)
                : people.named(address("as", as).canonical());
        return found.orElseThrow(() -> wrong("as", as.isEmpty()
                ? "the audience of campaign " + campaign.name() + " has nobody yet whose data the test could show"
                : "there is no contact " + as + "; name somebody of the audience"));
    }

    private static EmailAddress address(String field, String written) {
        try {
            return EmailAddress.parse(written);
        } catch (InvalidInput e) {
            throw wrong(field, String.valueOf(e.getMessage()));
        }
    }

    private static InvalidInput wrong(String field, String text) {
        return InvalidInput.of(List.of(new InvalidInput.Problem(field, "", text)));
    }

    private Finished finished(Prepared prepared, Someone someone, EmailAddress to, Instant dated,
            int number) {
        RowId row = new RowId(NO_RUN, number);
        Marks usual = prepared.marks(row, dated, keyed, sending.publicUrl());
        Marks marks = new Marks(usual.messageId(), usual.date(), usual.unsubscribe(), usual.view(),
                usual.preferences(), usual.listId(), usual.listUnsubscribe(), usual.feedbackId(),
                Map.of(HEADER, "yes"));
        Person person = new Person(someone.written(), json.readValue(someone.attributes(), ATTRIBUTES));
        try {
            return new Finished(row, new BatchId(0), 1, new Envelope(prepared.sender(row, new Verp(keyed)), to),
                    prepared.identity().name(), prepared.list(), prepared.route(sending, to), marks.messageId(),
                    prepared.mailing().renderTest(person, to.written(), marks));
        } catch (RenderingFault fault) {
            throw new InvalidInput("the mail for " + someone.written() + " cannot be made: " + fault.getMessage(),
                    fault);
        }
    }

    private DeliveryResult keep(Campaign campaign, Finished mail) {
        mailbox.keep(List.of(new Kept(mail.row(), campaign.name(), mail.envelope().sender(),
                mail.envelope().recipient().written(), MailHeader.decoded(mail, "From"),
                MailHeader.decoded(mail, "Subject"), mail.messageId(), mail.content(), clock.instant())));
        return new DeliveryResult.Accepted(Sending.MAILBOX, "2.0.0", "250 2.0.0 kept in the built-in mailbox");
    }

    private DeliveryResult leave(Cleared mail) {
        CompletableFuture<DeliveryResult> result = node.test(mail);
        try {
            return result.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new TemporaryFault("no answer in " + PATIENCE_SECONDS
                    + " seconds; the test may still arrive, see the relays for what holds it", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TemporaryFault("the node is stopping; send the test again when it runs", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // it is only ever completed
        }
    }
}
