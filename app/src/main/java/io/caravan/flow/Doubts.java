package io.caravan.flow;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.campaign.Campaign;
import io.caravan.campaign.Onward;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.Ledger;
import io.caravan.delivery.LedgerRow;
import io.caravan.delivery.RunCounts;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowId;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;

/** Mail of a campaign that was sent and whose answer was lost: which rows, and a person's decision. */
@Component
public class Doubts {

    /**
     * What a decision came to.
     *
     * @param state of the row now
     * @param asked it is what was asked for, at once
     * @param words the same for people: "sent again"
     */
    public record Settled(RowState state, boolean asked, String words) {
    }

    private final Runs runs;
    private final RunCounts counts;
    private final Ledger ledger;

    public Doubts(Runs runs, RunCounts counts, Ledger ledger) {
        this.runs = runs;
        this.counts = counts;
        this.ledger = ledger;
    }

    /** How many rows of all its runs are in doubt. */
    public long count(Campaign campaign) {
        return doubtful(campaign).values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * The rows in doubt, by run and number.
     *
     * @param after only what comes after this row; null: from the beginning
     */
    public List<LedgerRow> rows(Campaign campaign, @Nullable RowId after, int limit) {
        List<LedgerRow> rows = new ArrayList<>();
        for (RunId run : doubtful(campaign).keySet().stream().sorted(Comparator.comparing(RunId::value))
                .toList()) {
            boolean passed = after != null && run.value() < after.run();
            if (!passed && rows.size() < limit) {
                int from = after != null && run.value() == after.run() ? after.n() : 0;
                rows.addAll(ledger.doubtful(run, from, limit - rows.size()));
            }
        }
        return rows;
    }

    /**
     * Decides one. A mail that is sent again has the same Message-ID and bytes; a run that was finished goes on for it, as soon as its campaign
     * is not paused. If the run or its campaign was cancelled the row is cancelled, too.
     *
     * @param decision {@code accepted}, {@code failed} or {@code resend}
     * @throws InvalidInput if the row is not one of the campaign's, or not in doubt
     */
    public Settled settle(Campaign campaign, RowId row, String decision) {
        if (runs.of(campaign.id()).stream().noneMatch(run -> run.id().value() == row.run())) {
            throw new InvalidInput("row " + row + " is not one of campaign " + campaign.name() + ": caravan doubt "
                    + campaign.name() + " lists its rows");
        }
        if (!decision.equals("resend")) {
            ledger.decide(row, decision);
            return new Settled(RowState.of(decision), true, decision);
        }
        Onward onward = runs.sendAgain(new RunId(row.run()), on -> {
            ledger.decide(row, decision, on.goes() ? null : on.why());
            return true;
        }).orElseThrow();
        return switch (onward) {
            case NOW -> new Settled(RowState.DEFERRED, true, "sent again");
            case WHEN_RESUMED ->
                new Settled(RowState.DEFERRED, false, "sent again when the campaign is resumed: it is paused");
            case RUN_CANCELLED, CAMPAIGN_CANCELLED ->
                new Settled(RowState.CANCELLED, false, "cancelled, not sent again: " + onward.why());
        };
    }

    private Map<RunId, Long> doubtful(Campaign campaign) {
        Map<RunId, Long> found = new HashMap<>();
        counts.of(runs.of(campaign.id()).stream().map(Run::id).toList()).forEach((run, of) -> {
            long n = of.getOrDefault(RowState.IN_DOUBT, 0L);
            if (n > 0) {
                found.put(run, n);
            }
        });
        return found;
    }
}
