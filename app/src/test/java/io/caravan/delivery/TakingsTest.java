package io.caravan.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.caravan.delivery.Takings.Answer;
import io.caravan.delivery.Takings.Dropped;
import io.caravan.delivery.Takings.Returned;
import io.caravan.delivery.Takings.Taken;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;

import static io.caravan.delivery.LedgerFixture.EPOCH;
import static io.caravan.delivery.LedgerFixture.NODE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A claimed batch is taken once or given back once, whatever a broker does with its reference. */
class TakingsTest {

    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    private static final int TAKER = 2;
    private static final int LIFE = 5;

    private final LedgerFixture on = new LedgerFixture();
    private final Takings takings = new Takings(on.jdbc, on.transaction, on.returns);
    private RunId run;
    private BatchReference claimed;

    @BeforeEach
    void aNodeHasClaimedFourRowsForWhoeverTakesThem() {
        long list = on.people("l", "a.example", 0, 6);
        run = on.run();
        on.planner.plan(on.order(run, list, Map.of(), List.of()));
        claimed = on.claims.claimForTaking(run, NODE, EPOCH, on.permits(run, 4), Restraint.NONE).orElseThrow().batch();
    }

    @Test
    void whoTakesABatchOwnsItAndItsClaimerSettlesNothing() {
        BatchReference mine = taken(takings.take(claimed, TAKER, LIFE));
        List<Planned> rows = on.batches.rows(mine);

        assertThat(mine).isEqualTo(new BatchReference(claimed.batch(), run.value(), TAKER, LIFE, 4));
        assertThat(rows).hasSize(4);
        assertThat(on.batches.rows(claimed)).isEmpty();
        assertThat(settle(claimed, rows.getFirst())).as("the claimer is fenced").isEmpty();
        assertThat(on.returns.giveBack(claimed, List.of(1, 2, 3, 4))).isZero();
        assertThat(settle(mine, rows.getFirst())).hasSize(1);
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run)).containsEntry(RowState.ACCEPTED, 1L)
                .containsEntry(RowState.SENDING, 3L).containsEntry(RowState.PENDING, 2L);
    }

    @Test
    void ofManyWhoAreBroughtTheSameReferenceOneTakesIt() throws Exception {
        try (ExecutorService nodes = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Answer>> all = IntStream.range(0, 8)
                    .<Callable<Answer>>mapToObj(i -> () -> takings.take(claimed, TAKER + i, LIFE)).toList();

            List<Answer> answers = nodes.invokeAll(all).stream().map(TakingsTest::get).toList();

            assertThat(answers).filteredOn(Taken.class::isInstance).hasSize(1);
            assertThat(answers).filteredOn(Dropped.class::isInstance).hasSize(7)
                    .allSatisfy(answer -> assertThat(((Dropped) answer).why()).matches("node \\d has taken it"));
        }
    }

    @Test
    void aReferenceOfABatchThatWasGivenBackIsDroppedAndItsRowsAreClaimedAnew() {
        assertThat(takings.giveBack(claimed)).isEqualTo(4);
        assertThat(takings.giveBack(claimed)).as("once").isZero();

        assertThat(takings.take(claimed, TAKER, LIFE)).isEqualTo(new Dropped("it was given back meanwhile"));
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run)).containsEntry(RowState.PENDING, 6L);
        BatchReference anew = on.claims.claimForTaking(run, NODE, EPOCH, on.permits(run, 6), Restraint.NONE)
                .orElseThrow().batch();
        assertThat(anew.size()).isEqualTo(6);
        assertThat(on.batches.rows(taken(takings.take(anew, TAKER, LIFE)))).hasSize(6);
    }

    @Test
    void whatWasTakenIsNotGivenBackByThoseWhoWaitedForIt() {
        taken(takings.take(claimed, TAKER, LIFE));

        assertThat(takings.giveBack(claimed)).isZero();
        assertThat(takings.waiting(NODE, EPOCH)).isEmpty();
        assertThat(takings.waiting(Duration.ofSeconds(-1))).isEmpty();
    }

    @Test
    void theClaimerMayTakeItToo() {
        assertThat(taken(takings.take(claimed, NODE, EPOCH))).isEqualTo(claimed);

        assertThat(takings.giveBack(claimed)).isZero();
        assertThat(takings.take(claimed, TAKER, LIFE)).isEqualTo(new Dropped("node 1 has taken it"));
    }

    @Test
    void aBatchOfARunThatIsPausedGoesBackInsteadOfOut() {
        on.jdbc.sql("update run set state = 'paused' where id = :id").param("id", run.value()).update();

        assertThat(takings.take(claimed, TAKER, LIFE)).isEqualTo(new Returned("its run is paused"));
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run)).containsEntry(RowState.PENDING, 6L);
    }

    @Test
    void retriesGoBackAsWhatTheyWere() {
        BatchReference first = taken(takings.take(claimed, TAKER, LIFE));
        on.settlements.settle(TAKER, LIFE, on.batches.rows(first).stream()
                .map(row -> outcome(first, row, RowState.DEFERRED, NOW)).toList(), _ -> {
                });
        BatchReference again = on.claims.claimForTaking(run, NODE, EPOCH, on.permits(run, 6), Restraint.NONE)
                .orElseThrow().batch();
        assertThat(again.size()).isEqualTo(6);

        assertThat(takings.giveBack(again)).isEqualTo(6);

        assertThat(on.counts.of(run)).isEqualTo(on.counted(run)).containsEntry(RowState.DEFERRED, 4L)
                .containsEntry(RowState.PENDING, 2L);
        assertThat(on.claims.waiting(run).stream().mapToLong(Claims.Waiting::rows).sum()).isEqualTo(6);
    }

    @Test
    void onlyWhatWaitsForATakerIsInNobodysHands() {
        BatchReference own = on.claims.claim(run, NODE, EPOCH, on.permits(run, 2)).orElseThrow();

        assertThat(takings.waiting(NODE, EPOCH)).containsExactly(claimed);
        assertThat(takings.waiting(NODE)).containsExactly(claimed);
        assertThat(takings.waiting(NODE, EPOCH + 1)).isEmpty();
        assertThat(takings.waiting(Duration.ofSeconds(-1))).containsExactly(claimed);
        assertThat(takings.waiting(Duration.ofHours(1))).isEmpty();
        assertThat(on.batches.open(NODE, EPOCH)).containsExactly(own);
        assertThat(on.batches.openByNode()).containsExactly(new Batches.Open(NODE, 1, 2));
        assertThat(takings.take(own, TAKER, LIFE)).isEqualTo(new Dropped("node 1 has taken it"));
    }

    @Test
    void aReferenceThatNobodyClaimedIsDropped() {
        assertThat(takings.take(new BatchReference(999, run.value(), NODE, EPOCH, 4), TAKER, LIFE))
                .isEqualTo(new Dropped("there is no such batch here"));
        assertThat(takings.take(new BatchReference(claimed.batch(), run.value(), NODE, EPOCH + 1, 4), TAKER, LIFE))
                .isEqualTo(new Dropped("another claim has this number"));
    }

    @Test
    void aReferenceCrossesAsText() {
        BatchReference reference = claimed.on("mx gmail.com");

        assertThat(reference.text()).isEqualTo("batch=%d run=%d node=1 epoch=1 size=4 road=mx gmail.com"
                .formatted(claimed.batch(), run.value()));
        assertThat(BatchReference.parse(reference.text())).isEqualTo(reference);
        assertThat(BatchReference.parse(reference.by("relay:old").text())).isEqualTo(reference.by("relay:old"));
        for (String other : List.of("", "hello", reference.text() + "\nroad=",
                "batch=1 run=1 node=1 epoch=1 size=-4 road=",
                "batch=99999999999999999999 run=1 node=1 epoch=1 size=4 road=")) {
            assertThatThrownBy(() -> BatchReference.parse(other)).isInstanceOf(InvalidInput.class)
                    .hasMessageContaining("is no batch reference");
        }
    }

    private List<Outcome> settle(BatchReference batch, Planned row) {
        return on.settlements.settle(batch.node(), batch.epoch(),
                List.of(outcome(batch, row, RowState.ACCEPTED, null)), _ -> {
                });
    }

    private static Outcome outcome(BatchReference batch, Planned row, RowState state, Instant retryAt) {
        return new Outcome(batch.batch(), row.row(), row.attempts() + 1, row.lane(), NOW, state, "", "host", "2.0.0",
                "250 yes", retryAt);
    }

    private static BatchReference taken(Answer answer) {
        assertThat(answer).isInstanceOf(Taken.class);
        return ((Taken) answer).batch();
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
