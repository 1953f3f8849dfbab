package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.delivery.BatchReference;
import io.caravan.delivery.Batches;
import io.caravan.delivery.Planned;
import io.caravan.delivery.Returns;
import io.caravan.flow.InFlight.Held;
import io.caravan.mail.RunId;

/** The steps {@code batches.take}, {@code batches.giveBack} and {@code batches.hold}. */
@Component("batches")
public class BatchSteps {

    private static final Logger log = LoggerFactory.getLogger(BatchSteps.class);
    private static final Duration AFTER_A_FAULT = Duration.ofSeconds(30);

    private final Batches batches;
    private final Returns returns;
    private final Preparations preparations;
    private final InFlight inFlight;
    private final Holds holds;
    private final InstantSource clock;

    BatchSteps(Batches batches, Returns returns, Preparations preparations, InFlight inFlight, Holds holds,
            InstantSource clock) {
        this.batches = batches;
        this.returns = returns;
        this.preparations = preparations;
        this.inFlight = inFlight;
        this.holds = holds;
        this.clock = clock;
    }

    /**
     * Makes a claimed batch this node's own: reads its rows and the campaign version that its run keeps. Whatever a workflow does with it, what
     * it has not decided when its road ends is given back.
     */
    public OpenBatch take(BatchReference reference, Exchange exchange) {
        Prepared mailing = preparations.of(new RunId(reference.run()));
        List<Planned> rows = batches.rows(reference);
        String route = holds.route(reference);
        if (rows.isEmpty()) { // settled or declared lost since it was claimed: not this node's any more
            inFlight.dropped(route, reference.size());
            return new OpenBatch(reference, mailing, rows);
        }
        Held held = new Held(reference, route, mailing, rows);
        inFlight.opened(held);
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                roadEnds(held, done);
            }
        });
        return new OpenBatch(reference, mailing, rows);
    }

    /** Gives back what of the batch is not decided yet, and says why; it is claimed again after half a minute. */
    public void giveBack(OpenBatch batch, String reason) {
        hold(batch, clock.instant().plus(AFTER_A_FAULT), reason);
    }

    /** Gives back what is not decided yet, and claims nothing of this run before then. */
    public void hold(OpenBatch batch, Instant until) {
        hold(batch, until, "held by its workflow " + batch.getWorkflow());
    }

    private void hold(OpenBatch batch, Instant until, String reason) {
        holds.run(batch.reference().run(), until, reason);
        Held held = inFlight.batch(batch.reference().batch());
        if (held != null) {
            giveBack(held);
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
        holds.run(held.reference.run(), clock.instant().plus(AFTER_A_FAULT), why);
        returned(held, left);
    }

    private void giveBack(Held held) {
        returned(held, held.undecided());
    }

    private void returned(Held held, List<Integer> rows) {
        if (!rows.isEmpty()) {
            returns.giveBack(held.reference, rows);
            inFlight.left(held, rows.size());
        }
    }

    /** A batch that never came as far as its rows goes back whole; while the database is away it is kept in mind and tried again. */
    void giveBack(BatchReference reference, String why) {
        holds.run(reference.run(), clock.instant().plus(AFTER_A_FAULT), why);
        Held held = inFlight.batch(reference.batch());
        if (held != null) {
            giveBack(held);
            return;
        }
        try {
            returns.giveBack(reference, batches.rows(reference).stream().map(row -> row.row().n()).toList());
            inFlight.dropped(holds.route(reference), reference.size());
        } catch (RuntimeException away) {
            log.warn("event=batch-not-given-back batch={} what={}", reference.batch(), away.toString());
            holds.unreturned(reference);
        }
    }

    /** Tries again what could not be given back. */
    void returnUnreturned() {
        for (BatchReference reference : holds.takeUnreturned()) {
            giveBack(reference, "its batch could not be opened");
        }
    }
}
