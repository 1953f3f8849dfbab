package io.caravan.delivery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.caravan.mail.RowId;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;

import static io.caravan.delivery.LedgerFixture.EPOCH;
import static io.caravan.delivery.LedgerFixture.NODE;
import static org.assertj.core.api.Assertions.assertThat;

/** What comes from a node after it was declared lost: it ends the doubt that the declaration made, and overwrites nothing else. */
class LateEvidenceTest {

    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");

    private final LedgerFixture on = new LedgerFixture();
    private RunId run;
    private BatchReference batch;
    private List<Planned> rows;

    @BeforeEach
    void aNodeHasClaimedFourRows() {
        long list = on.people("l", "a.example", 0, 4);
        run = on.run();
        on.planner.plan(on.order(run, list, Map.of(), List.of()));
        batch = on.claims.claim(run, NODE, EPOCH, on.permits(run, 4)).orElseThrow();
        rows = on.batches.rows(batch);
    }

    @Test
    void aLateReplyEndsTheDoubtAndIsKept() {
        lost(RowState.IN_DOUBT);
        assertThat(on.batches.doubtful(batch)).hasSize(4);

        List<Outcome> settled = settle(outcome(0, RowState.ACCEPTED), outcome(1, RowState.BOUNCED),
                outcome(2, RowState.IN_DOUBT), outcome(3, RowState.DEFERRED));

        assertThat(settled).extracting(Outcome::row).containsExactly(row(0), row(1));
        assertThat(states()).containsExactly(RowState.ACCEPTED, RowState.BOUNCED, RowState.IN_DOUBT, RowState.IN_DOUBT);
        assertThat(on.ledger.row(row(0)).orElseThrow()).extracting(LedgerRow::reason, LedgerRow::reply)
                .containsExactly("settled by a late reply", "250 said so");
        assertThat(evidence()).containsExactly("accepted 1", "bounced 1", "in_doubt 0", "deferred 0");
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run));
        on.deferred();
        assertThat(on.people.page(run, new RunPeople.Question(RowState.BOUNCED, "", "", null), null, 9).rows())
                .extracting(LedgerRow::row).containsExactly(row(1));
    }

    @Test
    void aResultWithMoreWordsThanTheLedgerKeepsEndsItAllTheSame() {
        lost(RowState.IN_DOUBT);

        List<Outcome> settled = settle(
                new Outcome(batch.batch(), row(0), 1, rows.getFirst().lane(), NOW, RowState.EXPIRED,
                        "r".repeat(600), "h".repeat(300), "4.0.0", "4" + "y".repeat(600), null));

        assertThat(settled).hasSize(1);
        assertThat(on.ledger.row(row(0)).orElseThrow().reason()).isEqualTo("r".repeat(500));
    }

    @Test
    void aPersonsDecisionIsNotOverwritten() {
        lost(RowState.IN_DOUBT);
        on.ledger.decide(row(0), "failed");
        on.ledger.decide(row(1), "resend");
        on.claims.claim(run, NODE + 1, EPOCH, on.permits(run, 4)).orElseThrow();

        settle(outcome(0, RowState.ACCEPTED), outcome(1, RowState.ACCEPTED));

        assertThat(states().subList(0, 2)).containsExactly(RowState.FAILED, RowState.SENDING);
        assertThat(evidence()).containsExactly("accepted 0", "accepted 0");
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run));
        on.deferred();
    }

    @Test
    void whatIsToGoAgainDoesNotGoWhenItsReplyComesInTime() {
        lost(RowState.DEFERRED);

        settle(outcome(0, RowState.ACCEPTED));

        assertThat(states()).containsExactly(RowState.ACCEPTED, RowState.DEFERRED, RowState.DEFERRED,
                RowState.DEFERRED);
        assertThat(on.claims.claim(run, NODE + 1, EPOCH, on.permits(run, 4)).orElseThrow().size()).isEqualTo(3);
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run));
        on.deferred();
    }

    @Test
    void aDoubtOfAnotherKindIsNotEnded() {
        settle(outcome(0, RowState.IN_DOUBT)); // its line broke; the batch's node was never lost

        settle(outcome(0, RowState.ACCEPTED));

        assertThat(states().getFirst()).isEqualTo(RowState.IN_DOUBT);
        assertThat(evidence()).containsExactly("accepted 0");
    }

    private void lost(RowState becomes) {
        assertThat(on.batches.markLost(batch)).isTrue();
        List<Outcome> unknown = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            unknown.add(new Outcome(batch.batch(), row(i), 1, rows.get(i).lane(), NOW, becomes,
                    "its node was " + Ledger.lostWith(batch.batch()) + " x", "", "", "",
                    becomes == RowState.DEFERRED ? NOW.minusSeconds(1) : null));
        }
        assertThat(settle(unknown.toArray(Outcome[]::new))).hasSize(4);
        assertThat(on.batches.lost(NODE, List.of(EPOCH))).containsExactly(batch);
    }

    private List<Outcome> settle(Outcome... outcomes) {
        return on.settlements.settle(NODE, EPOCH, List.of(outcomes), _ -> {
        });
    }

    private Outcome outcome(int i, RowState state) {
        return new Outcome(batch.batch(), row(i), 1, rows.get(i).lane(), NOW, state,
                state == RowState.BOUNCED ? "hard" : "", "mx.example", "2.0.0", "250 said so",
                state == RowState.DEFERRED ? NOW : null);
    }

    private RowId row(int i) {
        return rows.get(i).row();
    }

    private List<RowState> states() {
        return rows.stream().map(row -> on.ledger.row(row.row()).orElseThrow().state()).toList();
    }

    private List<String> evidence() {
        return on.jdbc.sql("select concat(outcome, ' ', settled) from evidence order by id").query(String.class).list();
    }
}
