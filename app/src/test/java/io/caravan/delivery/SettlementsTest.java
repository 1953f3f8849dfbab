package io.caravan.delivery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.caravan.mail.RowId;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;

import static io.caravan.delivery.LedgerFixture.EPOCH;
import static io.caravan.delivery.LedgerFixture.NODE;
import static org.assertj.core.api.Assertions.assertThat;

class SettlementsTest {

    private final LedgerFixture on = new LedgerFixture();

    @Test
    void countsEqualTheRowsWhateverHappensInWhateverOrder() {
        long list = on.people("l", "a.example", 0, 120);
        on.people("l", "b.example", 0, 80);
        RunId run = on.run();
        on.planner.plan(on.order(run, list, Map.of("a.example", 1, "b.example", 2), List.of()));
        Random random = new Random(20261124);
        List<BatchReference> open = new ArrayList<>();

        for (int step = 0; step < 150; step++) {
            act(run, random, open);

            Map<RowState, Long> counted = on.counted(run);
            assertThat(on.counts.of(run)).as("after step %d", step).isEqualTo(counted);
            assertThat(counted.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(200);
            Set<RowId> sending = new HashSet<>();
            for (BatchReference batch : open) {
                on.batches.rows(batch)
                        .forEach(row -> assertThat(sending.add(row.row())).as("%s in two batches", row.row()).isTrue());
            }
            assertThat(sending).hasSize(counted.get(RowState.SENDING).intValue());
            assertLanesEqualTheRows(run);
            assertEveryStateIsFound(run, random);
        }
        assertThat(on.cancellations.cancel(run, "enough")).isPositive();
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run)).containsEntry(RowState.PENDING, 0L)
                .containsEntry(RowState.DEFERRED, 0L);
    }

    @Test
    void aBatchThatMostlyCameToTheSameIsSettledRowByRowAllTheSame() {
        long list = on.people("l", "a.example", 0, 200);
        RunId run = on.run();
        on.planner.plan(on.order(run, list, Map.of("a.example", 1), List.of()));
        BatchReference batch = on.claims.claim(run, NODE, EPOCH, on.permits(run, 200)).orElseThrow();
        List<Planned> rows = on.batches.rows(batch);
        Instant began = Instant.parse("2026-11-24T10:00:00Z");
        List<Outcome> outcomes = new ArrayList<>();
        for (Planned row : rows) {
            int n = row.row().n();
            RowState state = n <= 120 ? RowState.ACCEPTED : n <= 180 ? RowState.DEFERRED : RowState.BOUNCED;
            outcomes.add(new Outcome(batch.batch(), row.row(), 1, row.lane(), began.plusMillis(n), state,
                    state == RowState.ACCEPTED ? "" : "because", "mx.example", "2.0.0",
                    state == RowState.ACCEPTED ? "250 2.0.0 it's \"taken\"" : "451 later " + n % 2,
                    state == RowState.DEFERRED ? began.plusSeconds(n) : null));
        }

        assertThat(on.settlements.settle(NODE, EPOCH, outcomes, _ -> {
        })).hasSize(200);

        Map<RowId, LedgerRow> ledger = new HashMap<>();
        on.rows(run).forEach(row -> ledger.put(row.row(), row));
        for (Outcome outcome : outcomes) {
            LedgerRow row = ledger.get(outcome.row());
            assertThat(row.state()).isEqualTo(outcome.state());
            assertThat(row.reply()).isEqualTo(outcome.reply());
            assertThat(row.host()).isEqualTo("mx.example");
            assertThat(row.lastAttempt()).isEqualTo(outcome.at());
            assertThat(row.attempts()).isEqualTo(1);
        }
        assertThat(on.jdbc.sql("select count(*) from retry where run_id = :run and due_at = :base + interval n second")
                .param("run", run.value()).param("base", "2026-11-24 10:00:00").query(Long.class).single())
                .isEqualTo(60);
        assertThat(on.settlements.settle(NODE, EPOCH, outcomes, _ -> {
            throw new AssertionError("nothing waits any more");
        })).isEmpty();
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run)).containsEntry(RowState.ACCEPTED, 120L);
    }

    private void assertLanesEqualTheRows(RunId run) {
        Map<Integer, Map<RowState, Long>> counted = new HashMap<>();
        on.jdbc.sql("select lane_id, state, count(*) from delivery where run_id = :run group by lane_id, state")
                .param("run", run.value()).query((rs, _) -> counted.computeIfAbsent(rs.getInt(1), _ -> new HashMap<>())
                        .put(RowState.of(rs.getString(2)), rs.getLong(3)))
                .list();
        List<RunLanes.RunLane> lanes = on.lanes.of(run, null, 10);
        assertThat(lanes.stream().mapToLong(RunLanes.RunLane::planned).sum()).isEqualTo(200);
        long underWay = 0;
        for (RunLanes.RunLane lane : lanes) {
            assertThat(lane.planned()).as("lane %d", lane.lane())
                    .isEqualTo(counted.get(lane.lane()).values().stream().mapToLong(Long::longValue).sum());
            lane.settled().forEach((state, n) -> assertThat(n).as("lane %d %s", lane.lane(), state)
                    .isEqualTo(counted.get(lane.lane()).getOrDefault(state, 0L)));
            underWay += lane.underWay();
        }
        Map<RowState, Long> all = on.counts.of(run);
        assertThat(underWay).isEqualTo(all.get(RowState.SENDING) + all.get(RowState.DEFERRED));
        assertThat(lanes.stream().mapToLong(RunLanes.RunLane::waiting).sum()).isEqualTo(all.get(RowState.PENDING));
        assertThat(on.deferred().values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(all.get(RowState.DEFERRED));
    }

    /** Page by page, each row of a state once and no other. */
    private void assertEveryStateIsFound(RunId run, Random random) {
        List<LedgerRow> rows = on.rows(run);
        for (RowState state : RowState.values()) {
            assertThat(found(run, new RunPeople.Question(state, "", "", null), random)).as(state.word())
                    .containsExactlyElementsOf(
                            rows.stream().filter(row -> row.state() == state).map(LedgerRow::row).toList());
        }
        for (RunLanes.RunLane lane : on.lanes.of(run, null, 10)) {
            assertThat(found(run, new RunPeople.Question(null, "", "", lane.lane()), random))
                    .hasSize((int) lane.planned());
        }
    }

    private List<RowId> found(RunId run, RunPeople.Question question, Random random) {
        List<RowId> found = new ArrayList<>();
        String after = null;
        do {
            RunPeople.Page page = on.people.page(run, question, after, 1 + random.nextInt(60));
            page.rows().forEach(row -> found.add(row.row()));
            after = page.next();
        } while (after != null);
        return found;
    }

    private void act(RunId run, Random random, List<BatchReference> open) {
        if (open.isEmpty() || random.nextInt(3) == 0) {
            on.claims.claim(run, NODE, EPOCH, on.permits(run, 1 + random.nextInt(9))).ifPresent(open::add);
            return;
        }
        BatchReference batch = open.get(random.nextInt(open.size()));
        List<Planned> rows = new ArrayList<>(on.batches.rows(batch));
        java.util.Collections.shuffle(rows, random);
        List<Planned> some = rows.subList(0, rows.isEmpty() ? 0 : 1 + random.nextInt(rows.size()));
        if (random.nextInt(4) == 0) {
            Map<Integer, Integer> moving = new HashMap<>();
            some.stream().filter(_ -> random.nextInt(6) == 0)
                    .forEach(row -> moving.put(row.row().n(), 1 + random.nextInt(3)));
            List<Integer> rowsBack = some.stream().map(row -> row.row().n()).toList();
            assertThat(on.returns.giveBack(batch, rowsBack, moving)).isEqualTo(some.size());
            assertThat(on.returns.giveBack(batch, rowsBack, moving)).as("a second time").isZero();
        } else {
            List<Outcome> outcomes = some.stream().map(row -> outcome(batch, row, any(random))).toList();
            assertThat(on.settlements.settle(NODE, EPOCH, outcomes, _ -> {
            })).hasSize(some.size());
        }
        if (some.size() == rows.size()) {
            open.remove(batch);
            assertThat(on.batches.stillOpen(List.of(batch.batch()))).isEmpty();
        }
    }

    @Test
    void keepsWhatMatchesNoOpenBatchAsEvidenceAndOverwritesNothing() {
        long list = on.people("l", "a.example", 0, 2);
        RunId run = on.run();
        on.planner.plan(on.order(run, list, Map.of(), List.of()));
        BatchReference batch = on.claims.claim(run, NODE, EPOCH, on.permits(run, 10)).orElseThrow();
        List<Planned> rows = on.batches.rows(batch);
        Outcome first = outcome(batch, rows.get(0), RowState.ACCEPTED);
        Outcome second = outcome(batch, rows.get(1), RowState.BOUNCED);

        List<Outcome> settled = on.settlements.settle(NODE, EPOCH, List.of(first), _ -> {
        });
        List<Outcome> again = on.settlements.settle(NODE, EPOCH,
                List.of(outcome(batch, rows.get(0), RowState.BOUNCED), second), _ -> {
                });
        List<Outcome> ofAnotherEpoch = on.settlements.settle(NODE, EPOCH + 1, List.of(second), _ -> {
        });

        assertThat(settled).containsExactly(first);
        assertThat(again).containsExactly(second);
        assertThat(ofAnotherEpoch).isEmpty();
        assertThat(on.ledger.row(first.row()).orElseThrow().state()).isEqualTo(RowState.ACCEPTED);
        assertThat(on.jdbc.sql("select count(*) from evidence").query(Long.class).single()).isEqualTo(2);
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run));
    }

    /** As after a commit whose answer was lost: the same results are told again. */
    @Test
    void aResultThatStandsInItsRowAlreadyIsNoEvidence() {
        long list = on.people("l", "a.example", 0, 4);
        RunId run = on.run();
        on.planner.plan(on.order(run, list, Map.of(), List.of()));
        BatchReference batch = on.claims.claim(run, NODE, EPOCH, on.permits(run, 10)).orElseThrow();
        List<Planned> rows = on.batches.rows(batch);
        List<Outcome> outcomes = List.of(outcome(batch, rows.get(0), RowState.ACCEPTED),
                outcome(batch, rows.get(1), RowState.DEFERRED), outcome(batch, rows.get(2), RowState.SUPPRESSED),
                outcome(batch, rows.get(3), RowState.IN_DOUBT));
        on.settlements.settle(NODE, EPOCH, outcomes, _ -> {
        });

        List<Outcome> again = on.settlements.settle(NODE, EPOCH, outcomes, _ -> {
        });

        assertThat(again).isEmpty();
        assertThat(on.jdbc.sql("select count(*) from evidence").query(Long.class).single()).isZero();
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run));
    }

    @Test
    void keepsTheDateOfTheFirstClaimThroughEveryRetry() {
        long list = on.people("l", "a.example", 0, 1);
        RunId run = on.run();
        on.planner.plan(on.order(run, list, Map.of(), List.of()));
        BatchReference first = on.claims.claim(run, NODE, EPOCH, on.permits(run, 1)).orElseThrow();
        Planned before = on.batches.rows(first).getFirst();

        on.settlements.settle(NODE, EPOCH, List.of(outcome(first, before, RowState.DEFERRED)), _ -> {
        });
        BatchReference second = on.claims.claim(run, NODE, EPOCH, on.permits(run, 1)).orElseThrow();
        Planned after = on.batches.rows(second).getFirst();

        assertThat(after.dated()).isEqualTo(before.dated());
        assertThat(after.attempts()).isEqualTo(1);
        assertThat(on.ledger.attempts(after.row())).extracting(Ledger.Attempt::reply).containsExactly("250 said so");
    }

    private static RowState any(Random random) {
        return List.of(RowState.ACCEPTED, RowState.BOUNCED, RowState.DEFERRED, RowState.DEFERRED, RowState.FAILED,
                RowState.IN_DOUBT,
                RowState.EXPIRED, RowState.SUPPRESSED).get(random.nextInt(8));
    }

    private static Outcome outcome(BatchReference batch, Planned row, RowState state) {
        Instant now = Instant.parse("2026-11-24T10:00:00Z");
        return new Outcome(batch.batch(), row.row(), row.attempts() + 1, row.lane(), now, state, "why ☕", "mx.example",
                "2.0.0", "250 said so",
                state == RowState.DEFERRED ? now.minusSeconds(1) : null);
    }
}
