package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.delivery.BatchReference;
import io.caravan.delivery.Batches;
import io.caravan.delivery.Returns;
import io.caravan.nodes.Node;

/**
 * Batches that the ledger holds open for this node and that nobody here knows: a claim that was committed and whose answer was lost, one
 * that never came as far as its rows. Nothing of them was sent, so they go back whole.
 */
@Component
class Strays {

    private static final Logger log = LoggerFactory.getLogger(Strays.class);
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final Batches batches;
    private final Returns returns;
    private final InFlight inFlight;
    private final InstantSource clock;
    private Instant next = Instant.EPOCH;

    Strays(Batches batches, Returns returns, InFlight inFlight, InstantSource clock) {
        this.batches = batches;
        this.returns = returns;
        this.inFlight = inFlight;
        this.clock = clock;
    }

    /** Only between two claims of this node, so that none of them is on its way here. One that was just closed has nothing to give back. */
    void giveBack(Node node) {
        Instant now = clock.instant();
        if (now.isBefore(next)) {
            return;
        }
        for (BatchReference batch : batches.open(node.id(), node.epoch())) {
            if (!inFlight.knows(batch.batch())) {
                int rows = returns.giveBack(batch, batches.rows(batch).stream().map(row -> row.row().n()).toList());
                log.warn("event=stray-given-back batch={} run={} rows={}", batch.batch(), batch.run(), rows);
            }
        }
        next = now.plus(EVERY);
    }
}
