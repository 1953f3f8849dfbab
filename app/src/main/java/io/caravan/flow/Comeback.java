package io.caravan.flow;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.campaign.Onward;
import io.caravan.campaign.Runs;
import io.caravan.delivery.BatchReference;
import io.caravan.delivery.Batches;
import io.caravan.delivery.Ledger;
import io.caravan.delivery.Outcome;
import io.caravan.delivery.Planned;
import io.caravan.delivery.Settlements;
import io.caravan.journal.Aftermath;
import io.caravan.journal.Unsettled;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.InDoubtPolicy;
import io.caravan.mail.RowId;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.nodes.Node;

/**
 * A node that was declared lost is started again: what its journal knows of the mails that are in doubt since ends the doubt. A reply is a
 * result that comes late; what has no dot never went out and is sent again; a dot without a reply stays in doubt.
 */
@Component
class Comeback {

    private static final Logger log = LoggerFactory.getLogger(Comeback.class);

    private static final String NEVER = "it never left";

    private final Runs runs;
    private final Batches batches;
    private final Settlements settlements;
    private final Bookings bookings;
    private final Outcomes outcomes;
    private final Preparations preparations;
    private final Ledger ledger;
    private final InstantSource clock;

    Comeback(Runs runs, Batches batches, Settlements settlements, Bookings bookings, Outcomes outcomes,
            Preparations preparations,
            Ledger ledger, InstantSource clock) {
        this.runs = runs;
        this.batches = batches;
        this.settlements = settlements;
        this.bookings = bookings;
        this.outcomes = outcomes;
        this.preparations = preparations;
        this.ledger = ledger;
        this.clock = clock;
    }

    /**
     * @param lines  the last line about each row, by batch and row
     * @param epochs that the journal has lines of: of others it proves nothing
     */
    void settle(Node node, Map<Long, Map<Integer, Unsettled>> lines, Set<Integer> epochs, String bootId) {
        int settled = 0;
        int again = 0;
        List<BatchReference> lost = batches.lost(node.id(), epochs);
        for (BatchReference batch : lost) {
            Map<Integer, Unsettled> known = lines.getOrDefault(batch.batch(), Map.of());
            InDoubtPolicy policy = preparations.spec(new RunId(batch.run())).inDoubt();
            Map<RowId, Planned> rows = rows(batch, known);
            List<Outcome> heard = new ArrayList<>();
            for (Planned row : rows.values()) {
                Unsettled last = known.get(row.row().n());
                if (last == null || last.entry().attempt() == row.attempts()) {
                    switch (last == null ? new Aftermath.Pending() : last.aftermath(bootId)) {
                        case Aftermath.Settle(DeliveryResult.Deferred refused) ->
                            again += resend(batch, row, refused.reply());
                        case Aftermath.Settle(DeliveryResult.NotTried _) -> again += resend(batch, row, NEVER);
                        case Aftermath.Settle(DeliveryResult result) ->
                            Optional.ofNullable(outcomes.of(batch.batch(), row, policy, row.attempts(), result,
                                    clock.instant())).ifPresent(heard::add);
                        case Aftermath.Pending() -> again += resend(batch, row, NEVER);
                        case Aftermath.InDoubt _ -> {
                        }
                    }
                }
            }
            settled += settlements.settle(batch.node(), batch.epoch(), heard,
                    done -> bookings.of(done, outcome -> Objects.requireNonNull(rows.get(outcome.row())))).size();
        }
        if (!lost.isEmpty()) {
            log.info("event=came-back node={} batches={} settled={} sent_again={}", node.id(), lost.size(), settled,
                    again);
        }
    }

    /**
     * It does not have it for certain, from this batch: another one may have tried it since. A run that was finished goes on for it, unless
     * somebody stopped its campaign meanwhile.
     */
    private int resend(BatchReference batch, Planned planned, String why) {
        RowId row = planned.row();
        String known = "was in doubt, and by its node's journal was not taken: " + why;
        return runs.sendAgain(new RunId(row.run()), onward -> ledger.isLostWith(row, batch.batch())
                && (onward.goes()
                        ? ledger.resend(row, known)
                        : ledger.move(row, RowState.IN_DOUBT, RowState.CANCELLED, onward.why() + "; " + known)))
                .filter(Onward::goes).isPresent() ? 1 : 0;
    }

    /** Its rows that are in doubt, and those that the journal names: of retries the batch keeps no range. */
    private Map<RowId, Planned> rows(BatchReference batch, Map<Integer, Unsettled> known) {
        Map<RowId, Planned> rows = new LinkedHashMap<>();
        batches.doubtful(batch).forEach(row -> rows.put(row.row(), row));
        for (Unsettled line : known.values()) {
            if (!rows.containsKey(line.entry().row())) {
                batches.row(line.entry().row()).ifPresent(row -> rows.put(row.row(), row));
            }
        }
        return rows;
    }
}
