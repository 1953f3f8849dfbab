package io.caravan.flow;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.stereotype.Component;

import io.caravan.delivery.BatchReference;
import io.caravan.delivery.Batches;
import io.caravan.delivery.Outcome;
import io.caravan.delivery.Planned;
import io.caravan.delivery.Returns;
import io.caravan.delivery.Settlements;
import io.caravan.journal.Aftermath;
import io.caravan.journal.Journal;
import io.caravan.journal.Unsettled;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.InDoubtPolicy;
import io.caravan.mail.RowId;
import io.caravan.mail.RunId;
import io.caravan.nodes.Node;

/**
 * What a node does first: settles the batches that its earlier lives left open, by what its journal says of each row. A reply settles it, a dot
 * without one leaves it in doubt, and what never came so far goes back as it was.
 */
@Component
class Recovery {

    private static final Logger log = LoggerFactory.getLogger(Recovery.class);

    private static final int TRIES = 3;

    private final Batches batches;
    private final Settlements settlements;
    private final Returns returns;
    private final Bookings bookings;
    private final Outcomes outcomes;
    private final Preparations preparations;
    private final Comeback comeback;
    private final InstantSource clock;

    Recovery(Batches batches, Settlements settlements, Returns returns, Bookings bookings, Outcomes outcomes,
            Preparations preparations, Comeback comeback,
            InstantSource clock) {
        this.batches = batches;
        this.settlements = settlements;
        this.returns = returns;
        this.bookings = bookings;
        this.outcomes = outcomes;
        this.preparations = preparations;
        this.comeback = comeback;
        this.clock = clock;
    }

    void settle(Node node, Journal journal, String bootId) {
        Map<Long, Map<Integer, Unsettled>> lines = new HashMap<>();
        for (Unsettled unsettled : journal.unsettled()) {
            lines.computeIfAbsent(unsettled.entry().batch().value(), _ -> new HashMap<>()).merge(
                    unsettled.entry().row().n(), unsettled,
                    (a, b) -> a.entry().attempt() >= b.entry().attempt() && a.epoch() >= b.epoch() ? a : b);
        }
        List<BatchReference> left = batches.ofEarlierEpochs(node.id(), node.epoch());
        Counts all = new Counts(0, 0, 0);
        for (BatchReference batch : left) {
            all = all.plus(settled(batch, lines.getOrDefault(batch.batch(), Map.of()), bootId));
        }
        comeback.settle(node, lines, journal.unsettled().stream().map(Unsettled::epoch).collect(Collectors.toSet()),
                bootId);
        journal.forgetOlder();
        if (!left.isEmpty()) {
            log.info("event=recovered batches={} settled={} in_doubt={} given_back={}", left.size(), all.settled,
                    all.doubtful,
                    all.returned);
        }
    }

    private record Counts(int settled, int doubtful, int returned) {
        Counts plus(Counts more) {
            return new Counts(settled + more.settled, doubtful + more.doubtful, returned + more.returned);
        }
    }

    /** What other nodes do to the same runs meanwhile may be in the way for a moment: that is no reason not to start. */
    private Counts settled(BatchReference batch, Map<Integer, Unsettled> known, String bootId) {
        for (int tries = 1;; tries++) {
            try {
                return settle(batch, known, bootId);
            } catch (TransientDataAccessException later) {
                if (tries == TRIES) {
                    throw later;
                }
                log.info("event=recovery-tries-again batch={} what={}", batch.batch(), later.toString());
            }
        }
    }

    /** Of rows that a try before this one has settled, nothing is left in the batch. */
    private Counts settle(BatchReference batch, Map<Integer, Unsettled> known, String bootId) {
        InDoubtPolicy policy = preparations.spec(new RunId(batch.run())).inDoubt();
        List<Outcome> settling = new ArrayList<>();
        List<Integer> back = new ArrayList<>();
        Map<RowId, Planned> rows = new LinkedHashMap<>();
        batches.rows(batch).forEach(row -> rows.put(row.row(), row));
        int doubtful = 0;
        for (Planned row : rows.values()) {
            Unsettled last = known.get(row.row().n());
            Outcome outcome = outcome(batch, row, last, policy, bootId);
            if (outcome == null) {
                back.add(row.row().n());
            } else {
                settling.add(outcome);
                doubtful += last != null && last.aftermath(bootId) instanceof Aftermath.InDoubt ? 1 : 0;
            }
        }
        int settled = settlements.settle(batch.node(), batch.epoch(), settling,
                done -> bookings.of(done, outcome -> Objects.requireNonNull(rows.get(outcome.row())))).size();
        return new Counts(settled, doubtful, returns.giveBack(batch, back));
    }

    private @Nullable Outcome outcome(BatchReference batch, Planned row,
            @Nullable Unsettled last, InDoubtPolicy policy, String bootId) {
        if (last == null || last.entry().attempt() != row.attempts() + 1) {
            return null;
        }
        return switch (last.aftermath(bootId)) {
            case Aftermath.Pending() -> null;
            case Aftermath.Settle(DeliveryResult result) ->
                outcomes.of(batch.batch(), row, policy, last.entry().attempt(), result, clock.instant());
            case Aftermath.InDoubt(String host, String reason) ->
                outcomes.of(batch.batch(), row, policy, last.entry().attempt(),
                        new DeliveryResult.InDoubt(host, reason), clock.instant());
        };
    }
}
