package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.delivery.BatchReference;
import io.caravan.delivery.Batches;
import io.caravan.delivery.Returns;
import io.caravan.delivery.Takings;
import io.caravan.nodes.Node;

/**
 * Batches that the ledger holds open for this node and that nobody here knows: a claim that was committed and whose answer was lost, one
 * that never came as far as its rows. Nothing of them was sent, so they go back whole. So does a claim of whichever node whose reference was
 * handed to a broker and that nobody took in time: it was lost, or its taker died before it was a taker.
 */
@Component
class Strays {

    private static final Logger log = LoggerFactory.getLogger(Strays.class);
    private static final Duration AFTER_A_LOSS = Duration.ofSeconds(5);
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final Seam seam;
    private final Takings takings;
    private final Holds holds;
    private final Batches batches;
    private final Returns returns;
    private final InFlight inFlight;
    private final InstantSource clock;
    private Instant next = Instant.EPOCH;

    Strays(Seam seam, Takings takings, Holds holds, Batches batches, Returns returns, InFlight inFlight,
            InstantSource clock) {
        this.seam = seam;
        this.takings = takings;
        this.holds = holds;
        this.batches = batches;
        this.returns = returns;
        this.inFlight = inFlight;
        this.clock = clock;
    }

    /** Only between two claims of this node, so that none of them is on its way here. One that was just closed has nothing to give back. */
    void giveBack(Node node) {
        Instant now = clock.instant();
        boolean due = !now.isBefore(next) || now.plus(EVERY).isBefore(next); // further off: the clock has gone back
        if (!seam.isLocal() && (due || inFlight.isComing())) {
            List<BatchReference> waiting = takings.waiting(node.id(), node.epoch());
            inFlight.handedOver(waiting.stream().map(BatchReference::batch).collect(Collectors.toSet()));
            if (due) {
                waiting.stream().filter(batch -> !inFlight.knows(batch.batch()))
                        .forEach(batch -> untaken(batch, "its reference could not be handed over"));
                takings.waiting(seam.longest()).forEach(this::late);
            }
        }
        if (due) {
            own(node);
            next = now.plus(EVERY);
        }
    }

    private void own(Node node) {
        for (BatchReference batch : batches.open(node.id(), node.epoch())) {
            if (!inFlight.knows(batch.batch())) {
                int rows = returns.giveBack(batch, batches.rows(batch).stream().map(row -> row.row().n()).toList());
                log.warn("event=stray-given-back batch={} run={} rows={}", batch.batch(), batch.run(), rows);
            }
        }
    }

    private void late(BatchReference batch) {
        String why = "no node took its batch within " + seam.longest().toSeconds() + " s from the seam " + seam.name()
                + ": is one there that delivers?";
        if (untaken(batch, why)) {
            holds.run(batch.run(), clock.instant().plus(AFTER_A_LOSS), why);
        }
    }

    /** Whoever takes it now finds that it is closed. */
    private boolean untaken(BatchReference batch, String why) {
        int rows = takings.giveBack(batch);
        inFlight.dropped(batch);
        if (rows > 0) {
            log.warn("event=untaken-given-back batch={} run={} rows={} what=\"{}\"", batch.batch(), batch.run(), rows,
                    why);
        }
        return rows > 0;
    }
}
