package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

import io.caravan.delivery.BatchReference;
import io.caravan.delivery.Batches;
import io.caravan.delivery.Planned;
import io.caravan.flow.InFlight.Held;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.RowId;
import io.caravan.mail.RunId;
import io.caravan.mail.TemporaryFault;

/** The steps {@code batches.take}, {@code batches.giveBack} and {@code batches.hold}. */
@Component("batches")
public class BatchSteps {

    private static final Logger log = LoggerFactory.getLogger(BatchSteps.class);
    private static final Duration AFTER_A_FAULT = Duration.ofSeconds(30);
    /** Long enough not to hammer a database that is coming back, and short beside the wait for it. */
    private static final Duration AFTER_AN_OUTAGE = Duration.ofSeconds(5);

    private final Seam seam;
    private final SeamTaking seamTaking;
    private final Batches batches;
    private final Recorder recorder;
    private final Preparations preparations;
    private final InFlight inFlight;
    private final Holds holds;
    private final InstantSource clock;

    BatchSteps(Seam seam, SeamTaking seamTaking, Batches batches, Recorder recorder, Preparations preparations,
            InFlight inFlight, Holds holds,
            InstantSource clock) {
        this.seam = seam;
        this.seamTaking = seamTaking;
        this.batches = batches;
        this.recorder = recorder;
        this.preparations = preparations;
        this.inFlight = inFlight;
        this.holds = holds;
        this.clock = clock;
    }

    /**
     * Makes a claimed batch this node's own: reads its rows and the campaign version that its run keeps. Whatever a workflow does with it, what
     * it has not decided when its road ends is given back. A reference that a broker brings twice, or too late, ends its road here.
     */
    public OpenBatch take(BatchReference claimed, Exchange exchange) {
        Prepared mailing = preparations.of(new RunId(claimed.run()));
        if (seam.isLocal()) {
            return open(claimed, mailing, exchange);
        }
        return seamTaking.take(claimed, mine -> open(mine, mailing, exchange))
                .orElseGet(() -> nothing(claimed, mailing, exchange));
    }

    private OpenBatch open(BatchReference reference, Prepared mailing, Exchange exchange) {
        List<Planned> rows = batches.rows(reference);
        Held held = new Held(reference, inFlight.route(reference), mailing, rows);
        if (rows.isEmpty() || !inFlight.opened(held)) { // declared lost since it was claimed, or brought a second time
            inFlight.dropped(reference);
            return nothing(reference, mailing, exchange);
        }
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                roadEnds(held, done);
            }
        });
        return new OpenBatch(reference, mailing, rows);
    }

    /** Its road ends here: no step of a workflow has anything to do with it. */
    private static OpenBatch nothing(BatchReference reference, Prepared mailing, Exchange exchange) {
        exchange.setRouteStop(true);
        return new OpenBatch(reference, mailing, List.of());
    }

    /** Gives back what of the batch is not decided yet, and says why; it is claimed again after half a minute. */
    public void giveBack(OpenBatch batch, String reason) {
        hold(batch, clock.instant().plus(AFTER_A_FAULT), reason);
    }

    /** A step failed: gives back what is not decided yet, and claims nothing of this run for as long as the fault may last. */
    void failed(OpenBatch batch, String reason, Exception fault) {
        hold(batch, clock.instant().plus(pause(fault)), reason);
    }

    /** Gives back what is not decided yet, and claims nothing of this run before then. */
    public void hold(OpenBatch batch, Instant until) {
        hold(batch, until, "held by its workflow " + batch.getWorkflow());
    }

    private void hold(OpenBatch batch, Instant until, String reason) {
        holds.run(batch.reference().run(), until, reason);
        Held held = inFlight.batch(batch.reference().batch());
        if (held != null) {
            giveBack(held, held.undecided(), reason);
        }
    }

    private void roadEnds(Held held, Exchange done) {
        List<Integer> left = held.undecided();
        if (left.isEmpty()) {
            return;
        }
        Exception fault = done.getException() != null
                ? done.getException()
                : done.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        String why = fault == null
                ? "workflow " + held.mailing.spec().workflow() + " ended without sending it: does a step lack?"
                : "workflow " + held.mailing.spec().workflow() + " failed: " + fault.getMessage();
        log.warn("event=batch-given-back batch={} run={} rows={} what=\"{}\"", held.reference.batch(),
                held.reference.run(), left.size(), why);
        holds.run(held.reference.run(), clock.instant().plus(pause(fault)), why);
        giveBack(held, left, why);
    }

    /** By way of the recorder, which tries until the database takes it: what is no longer undecided has nobody else to give it back. */
    private void giveBack(Held held, List<Integer> rows, String why) {
        for (int n : rows) {
            recorder.take(held, new RowId(held.reference.run(), n), held.row(n).attempts() + 1,
                    new DeliveryResult.NotTried(why));
        }
    }

    /** A batch that never came as far as its rows: the pump finds it in the ledger and gives it back whole. */
    void failed(BatchReference reference, String why, Exception fault) {
        if (!seam.isLocal()) { // what comes from a broker is text: this one did not get there
            seam.failed(fault);
            inFlight.dropped(reference);
            return;
        }
        holds.run(reference.run(), clock.instant().plus(pause(fault)), why);
        Held held = inFlight.batch(reference.batch());
        if (held != null) {
            giveBack(held, held.undecided(), why);
        } else {
            inFlight.dropped(reference);
        }
    }

    private static Duration pause(@Nullable Throwable fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof DataAccessException || cause instanceof TransactionException
                    || cause instanceof TemporaryFault) {
                return AFTER_AN_OUTAGE;
            }
        }
        return AFTER_A_FAULT;
    }
}
