package io.caravan.flow;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.delivery.BatchReference;
import io.caravan.delivery.Takings;
import io.caravan.delivery.Takings.Dropped;
import io.caravan.delivery.Takings.Returned;
import io.caravan.delivery.Takings.Taken;
import io.caravan.nodes.Node;

/**
 * Takes batches whose references a broker brings: at least once, perhaps late. The ledger says who may have one. A node that has no room for
 * a few seconds sends the batch back rather than let it wait here, so another node may have it.
 */
@Component
class SeamTaking {

    private static final Logger log = LoggerFactory.getLogger(SeamTaking.class);
    private static final long PATIENCE = Duration.ofSeconds(5).toNanos();
    private static final Duration LOOK = Duration.ofMillis(20);

    private final Takings takings;
    private final InFlight inFlight;
    private final ClaimGroups groups;
    private final RelayRoom relays;
    private final NodeLife life;
    private final Pump pump;

    SeamTaking(Takings takings, InFlight inFlight, ClaimGroups groups, RelayRoom relays, NodeLife life, Pump pump) {
        this.takings = takings;
        this.inFlight = inFlight;
        this.groups = groups;
        this.relays = relays;
        this.life = life;
        this.pump = pump;
    }

    /**
     * @param open what makes a batch of this node's own one that is on its road
     * @return empty: the reference is to be forgotten
     */
    Optional<OpenBatch> take(BatchReference claimed, Function<BatchReference, OpenBatch> open) {
        String why = awaitRoom(claimed);
        if (why != null) {
            int rows = takings.giveBack(claimed);
            log.info("event=batch-not-taken batch={} run={} rows={} what=\"{}\"", claimed.batch(), claimed.run(), rows,
                    why);
            return Optional.empty();
        }
        if (!inFlight.takes(claimed)) { // before the ledger says that it is this node's, or the pump would think it a stray
            return dropped(claimed, "this node is taking it just now");
        }
        try {
            Node node = life.node();
            return switch (takings.take(claimed, node.id(), node.epoch())) {
                case Taken(BatchReference mine) -> Optional.of(open.apply(mine));
                case Dropped(String reason) -> dropped(claimed, reason);
                case Returned(String reason) -> dropped(claimed, reason + ": its rows went back");
            };
        } finally {
            inFlight.took(claimed);
        }
    }

    private Optional<OpenBatch> dropped(BatchReference claimed, String why) {
        log.info("event=reference-dropped batch={} run={} what=\"{}\"", claimed.batch(), claimed.run(), why);
        return Optional.empty();
    }

    /** Why there is no room now and was none for a while; null: there is. */
    private @Nullable String awaitRoom(BatchReference batch) {
        long until = System.nanoTime() + PATIENCE;
        String why = full(batch);
        while (why != null && System.nanoTime() < until && !pump.isStopping()) {
            try {
                Thread.sleep(LOOK);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return "the node is stopping";
            }
            why = full(batch);
        }
        return why;
    }

    private @Nullable String full(BatchReference batch) {
        String route = batch.road().replaceFirst(" .*", "");
        if (relays.of(route) == 0) {
            return RelayRoom.down(route);
        }
        return groups.hasRoom(batch) ? pump.busy().orElse(null) : "its road is full here";
    }
}
