package io.caravan.flow;

import java.util.LinkedHashSet;
import java.util.Set;

import io.caravan.delivery.Batches;
import io.caravan.journal.Journal;
import io.caravan.mail.BatchId;

/**
 * What a node's journal may forget: batches that have left its memory and that the ledger has closed by what it heard from this node. A batch
 * that was declared lost was settled without the journal, so the lines about it stay until the next start, which alone can tell what its
 * doubts are. Not thread-safe.
 */
final class ClosedBatches {

    private final InFlight inFlight;
    private final Batches batches;
    /** Those about which the ledger was not asked yet, or that it has open still. */
    private final Set<Long> leaving = new LinkedHashSet<>();

    ClosedBatches(InFlight inFlight, Batches batches) {
        this.inFlight = inFlight;
        this.batches = batches;
    }

    /** A statement or two, and only while batches close. If the database is away they are asked about the next time. */
    void forget(Journal journal) {
        leaving.addAll(inFlight.closedSince());
        Set<Long> known = new LinkedHashSet<>(leaving);
        known.removeAll(batches.stillOpen(known)); // first: none that is closed can be declared lost any more
        Set<Long> lost = batches.lost(known);
        for (long batch : known) {
            if (!lost.contains(batch)) {
                journal.settled(new BatchId(batch));
            }
            leaving.remove(batch);
        }
    }
}
