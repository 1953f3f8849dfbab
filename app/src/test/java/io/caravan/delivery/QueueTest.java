package io.caravan.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.caravan.mail.RowId;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;

import static io.caravan.delivery.LedgerFixture.EPOCH;
import static io.caravan.delivery.LedgerFixture.NODE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What people do to the queue: whatever it is, each row stands in one place, and the counts are those of the rows. */
class QueueTest {

    private static final int TAIL = 99;

    private final LedgerFixture on = new LedgerFixture();
    private final QueueHolds holds = new QueueHolds(on.jdbc, on.transaction);
    private final QueueRows rows = new QueueRows(on.jdbc);

    private RunId planned(int big, int small) {
        long list = on.people("l", "a.example", 0, big);
        on.people("l", "b.example", 0, small);
        on.people("l", "c.example", 0, small);
        RunId run = on.run();
        on.planner.plan(on.order(run, list, Map.of("a.example", 1), List.of()));
        return run;
    }

    private Restraint restraint() {
        return restraint(null);
    }

    private Restraint restraint(@Nullable Set<Integer> lanes) {
        return new Restraint(holds.all().stream().map(QueueHold::id).collect(Collectors.toSet()),
                holds.all().stream().map(hold -> new Restraint.OfDomain(hold, lanes)).toList());
    }

    private Optional<BatchReference> claim(RunId run, int each) {
        return on.claims.claim(run, NODE, EPOCH, on.permits(run, each), restraint()).map(Claims.Claimed::batch);
    }

    private static QueueFilter domain(String domain) {
        return new QueueFilter(0, "", "", domain);
    }

    private static QueuePart part(RunId run, @Nullable Set<Integer> lanes, String domain) {
        return new QueuePart(List.of(run.value()), lanes, domain, true, true, "");
    }

    private List<String> domainsOf(BatchReference batch) {
        return on.batches.rows(batch).stream()
                .map(row -> row.written().substring(row.written().indexOf('@') + 1)).distinct().sorted().toList();
    }

    @Test
    void mailOfAHeldDomainIsPutAsideUntilItsOrderIsReleased() {
        RunId run = planned(30, 10);
        long order = holds.hold(domain("b.example"), "they asked us to", null);

        BatchReference first = claim(run, 100).orElseThrow();

        assertThat(first.size()).isEqualTo(40);
        assertThat(domainsOf(first)).containsExactly("a.example", "c.example");
        assertThat(on.claims.waiting(run)).as("nothing is left that a claim may have").isEmpty();
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run)).containsEntry(RowState.PENDING, 10L);
        assertThat(on.rows(run)).filteredOn(row -> row.address().endsWith("@b.example")).extracting(LedgerRow::reason)
                .containsOnly("held by hand: they asked us to");

        assertThat(holds.release(List.of(order))).isEqualTo(1);
        assertThat(domainsOf(claim(run, 100).orElseThrow())).containsExactly("b.example");
        assertThat(on.rows(run)).extracting(LedgerRow::reason).containsOnly("");
    }

    @Test
    void aDomainIsHeldInTheLanesOfOneProviderAlone() {
        RunId run = planned(30, 10); // a.example in its own lane, the others in the tail
        holds.hold(new QueueFilter(0, "", "*", "b.example"), "x", null);
        holds.hold(new QueueFilter(0, "", "*", "a.example"), "y", null);

        BatchReference batch = on.claims.claim(run, NODE, EPOCH, on.permits(run, 100), restraint(Set.of(TAIL)))
                .orElseThrow().batch();

        assertThat(domainsOf(batch)).as("a.example is held in the tail, where it is not")
                .containsExactly("a.example", "c.example");
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run)).containsEntry(RowState.PENDING, 10L);
        settle(batch, on.batches.rows(batch), RowState.DEFERRED);
        rows.dueNow(part(run, null, ""));
        holds.hold(new QueueFilter(0, "", "*", "c.example"), "z", null);
        assertThat(domainsOf(on.claims.claim(run, NODE, EPOCH, on.permits(run, 100), restraint(Set.of(TAIL)))
                .orElseThrow().batch())).containsExactly("a.example");
    }

    /** A round of claims reads the orders once, and is slow. */
    @Test
    void aClaimThatKnowsAnOrderWhichIsReleasedMeanwhilePutsNothingAsideUnderIt() {
        RunId run = planned(0, 10);
        long order = holds.hold(domain("b.example"), "x", null);
        Restraint before = restraint();
        assertThat(holds.release(List.of(order))).isEqualTo(1);

        assertThat(on.claims.claim(run, NODE, EPOCH, on.permits(run, 30), before)).isEmpty();

        assertThat(on.jdbc.sql("select count(*) from stretch where hold_id <> 0").query(Long.class).single())
                .isZero();
        assertThat(claim(run, 30).orElseThrow().size()).isEqualTo(20);
    }

    /** Two that are given at once are committed in any order. */
    @Test
    void aClaimTakesNothingWhenAnOrderIsThereThatItDoesNotKnowThoughItKnowsANewerOne() {
        RunId run = planned(0, 10);
        long older = holds.hold(domain("b.example"), "x", null);
        long newer = holds.hold(domain("nobody.example"), "y", null);

        assertThat(on.claims.claim(run, NODE, EPOCH, on.permits(run, 30), new Restraint(Set.of(newer), List.of())))
                .isEmpty();

        assertThat(on.claims.claim(run, NODE, EPOCH, on.permits(run, 30),
                new Restraint(Set.of(older, newer), List.of()))).isPresent();
    }

    /** Else what it puts aside after the release would stay there for ever. */
    @Test
    void aReleaseWaitsForTheClaimThatGoesByItsOrder() throws Exception {
        RunId run = planned(0, 10);
        long order = holds.hold(domain("b.example"), "x", null);
        Restraint known = restraint();
        Map<Integer, Integer> permits = on.permits(run, 30);
        List<CompletableFuture<Integer>> release = new ArrayList<>();

        on.transaction.executeWithoutResult(_ -> {
            assertThat(on.claims.claim(run, NODE, EPOCH, permits, known).orElseThrow().batch().size()).isEqualTo(10);
            release.add(CompletableFuture.supplyAsync(() -> holds.release(List.of(order))));
            await().during(Duration.ofMillis(300)).until(() -> !release.getFirst().isDone());
        });

        assertThat(release.getFirst().get(20, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(claim(run, 30).orElseThrow().size()).as("those that were put aside go").isEqualTo(10);
    }

    /** Of much mail a release takes its time; under the order no claim goes meanwhile, and none waits. */
    @Test
    void noClaimWaitsForARelease() throws Exception {
        RunId run = planned(0, 10);
        long order = holds.hold(domain("b.example"), "x", null);
        Restraint known = restraint();
        Map<Integer, Integer> permits = on.permits(run, 30);
        List<CompletableFuture<Boolean>> claims = new ArrayList<>();

        on.transaction.executeWithoutResult(_ -> {
            holds.release(List.of(order));
            claims.add(CompletableFuture
                    .supplyAsync(() -> on.claims.claim(run, NODE, EPOCH, permits, known).isPresent()));
            await().until(() -> claims.getFirst().isDone());
        });

        assertThat(claims.getFirst().get(20, TimeUnit.SECONDS)).isFalse();
        assertThat(claim(run, 30).orElseThrow().size()).isEqualTo(20);
    }

    @Test
    void deferredMailOfAHeldDomainIsPutAsideToo() {
        RunId run = planned(0, 5);
        BatchReference batch = claim(run, 100).orElseThrow();
        settle(batch, on.batches.rows(batch), RowState.DEFERRED);
        assertThat(rows.dueNow(part(run, null, ""))).isEqualTo(10);
        holds.hold(domain("b.example"), "x", null);

        assertThat(domainsOf(claim(run, 100).orElseThrow())).containsExactly("c.example");

        assertThat(claim(run, 100)).isEmpty();
        assertThat(on.ledger.nextRetry(run)).isEmpty();
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run)).containsEntry(RowState.DEFERRED, 5L);
    }

    @Test
    void anOrderHoldsFromTheMomentItIsGiven() {
        RunId run = planned(10, 0);
        Restraint before = restraint();

        holds.hold(new QueueFilter(run.value(), "", "", ""), "x", null);

        assertThat(on.claims.claim(run, NODE, EPOCH, on.permits(run, 5), before)).as("a claim that has not seen it")
                .isEmpty();
    }

    @Test
    void theSameOrderAgainTakesThePlaceOfTheFirstAndKeepsWhatItHadPutAside() {
        RunId run = planned(0, 10);
        long first = holds.hold(domain("b.example"), "x", null);
        claim(run, 100).orElseThrow();
        Instant until = Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.MICROS);

        long second = holds.hold(domain("b.example"), "y", until);

        assertThat(second).isGreaterThan(first);
        assertThat(holds.all()).singleElement().satisfies(hold -> {
            assertThat(hold.note()).isEqualTo("y");
            assertThat(hold.until()).isEqualTo(until);
            assertThat(hold.over()).isFalse();
        });
        assertThat(claim(run, 100)).isEmpty();
        holds.release(List.of(second));
        assertThat(claim(run, 100).orElseThrow().size()).isEqualTo(10);
    }

    @Test
    void anOrderIsOverWhenItsTimeHasCome() {
        holds.hold(domain("b.example"), "x", Instant.now().minusSeconds(60));

        assertThat(holds.all()).singleElement().extracting(QueueHold::over).isEqualTo(true);
    }

    /** Every node finds it at once, and one of them has much mail to release. */
    @Test
    void anOrderThatIsOverIsReleasedByOneNodeAndNoOtherWaits() {
        RunId run = planned(0, 10);
        long over = holds.hold(domain("b.example"), "x", null);
        long lasts = holds.hold(domain("nobody.example"), "y", Instant.now().plusSeconds(3600));
        assertThat(claim(run, 30).orElseThrow().size()).isEqualTo(10);
        on.jdbc.sql("update queue_hold set until = utc_timestamp(6) where id = :id").param("id", over).update();

        on.transaction.executeWithoutResult(_ -> {
            assertThat(holds.releaseOver()).containsExactly(over);
            assertThat(CompletableFuture.supplyAsync(holds::releaseOver)).succeedsWithin(Duration.ofSeconds(20))
                    .satisfies(elsewhere -> assertThat(elsewhere).isEmpty());
        });

        assertThat(holds.all()).extracting(QueueHold::id).containsExactly(lasts);
        assertThat(claim(run, 30).orElseThrow().size()).isEqualTo(10);
    }

    @Test
    void cancelsAPartAndLeavesWhatIsInAnOpenBatch() {
        RunId run = planned(60, 20);
        BatchReference batch = claim(run, 7).orElseThrow(); // of each of two lanes
        List<String> claimed = on.batches.rows(batch).stream().map(Planned::written).toList();
        long sending = claimed.stream().filter(address -> address.endsWith("@b.example")).count();
        QueuePart b = part(run, null, "b.example");
        assertThat(rows.count(b)).isEqualTo(new QueueRows.Count(20 - sending, 0, sending));

        assertThat(on.cancellations.cancel(b, "cancelled by hand")).isEqualTo(20 - sending);

        assertThat(rows.count(b)).isEqualTo(new QueueRows.Count(0, 0, sending));
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run)).containsEntry(RowState.CANCELLED, 20 - sending);
        assertThat(on.rows(run)).filteredOn(row -> row.state() == RowState.CANCELLED)
                .allMatch(row -> row.address().endsWith("@b.example") && row.reason().equals("cancelled by hand"))
                .extracting(LedgerRow::address).doesNotContainAnyElementsOf(claimed);
        assertThat(on.batches.rows(batch)).hasSize(14);
        assertThat(on.cancellations.cancel(part(run, Set.of(1), ""), "x")).isEqualTo(53);
    }

    @Test
    void findsDeferredMailByWordsOfItsReply() {
        RunId run = planned(6, 0);
        BatchReference batch = claim(run, 100).orElseThrow();
        List<Planned> all = on.batches.rows(batch);
        settle(batch, all.subList(0, 2), RowState.DEFERRED, "452 4.2.2 mailbox full");
        settle(batch, all.subList(2, 6), RowState.DEFERRED, "451 4.7.1 greylisted");
        QueuePart full = new QueuePart(List.of(run.value()), null, "", false, true, "mailbox full");

        assertThat(rows.count(full)).isEqualTo(new QueueRows.Count(0, 2, 0));
        assertThat(on.cancellations.cancel(full, "x")).isEqualTo(2);
        assertThat(rows.count(part(run, null, ""))).isEqualTo(new QueueRows.Count(0, 4, 0));
    }

    @Test
    void aPartThatIsCancelledWhileItIsClaimedIsCancelledOrSentAndNeverBoth() {
        RunId run = planned(400, 100);
        Set<RowId> sent = new HashSet<>();
        CompletableFuture<Long> cancelled = CompletableFuture
                .supplyAsync(() -> on.cancellations.cancel(part(run, null, "b.example"), "x")
                        + on.cancellations.cancel(part(run, Set.of(1), ""), "x"));
        await().until(() -> {
            claim(run, 3).ifPresent(batch -> {
                List<Planned> some = on.batches.rows(batch);
                assertThat(some).hasSize(batch.size());
                some.forEach(row -> assertThat(sent.add(row.row())).as("%s", row.row()).isTrue());
                settle(batch, some, RowState.ACCEPTED);
            });
            return cancelled.isDone() && on.claims.waiting(run).isEmpty();
        });

        assertThat(on.counts.of(run)).isEqualTo(on.counted(run)).containsEntry(RowState.ACCEPTED, (long) sent.size())
                .containsEntry(RowState.CANCELLED, cancelled.join());
        assertThat(sent.size() + cancelled.join()).isEqualTo(600);
    }

    /** The seed stands in the name of a step that fails. */
    @Test
    void whateverPeopleDoTheSumsAreThoseOfTheRows() {
        RunId run = planned(80, 60);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<BatchReference> open = new ArrayList<>();
        for (int step = 0; step < 120; step++) {
            act(run, random, open);

            Map<RowState, Long> counted = on.counted(run);
            assertThat(on.counts.of(run)).as("seed %d step %d", seed, step).isEqualTo(counted);
            assertThat(counted.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(200);
            assertLanes(run, counted);
        }
        holds.release(holds.all().stream().map(QueueHold::id).toList());
        assertThat(on.rows(run)).filteredOn(row -> row.state() == RowState.PENDING).extracting(LedgerRow::reason)
                .allMatch(String::isEmpty);
        on.cancellations.cancel(run, "enough");
        assertThat(on.counts.of(run)).isEqualTo(on.counted(run)).containsEntry(RowState.PENDING, 0L);
        assertLanes(run, on.counted(run));
    }

    private void assertLanes(RunId run, Map<RowState, Long> counted) {
        Map<RowState, Long> lanes = new HashMap<>();
        List<RunLanes.RunLane> all = on.lanes.above(run, 0, 10);
        all.forEach(lane -> lane.settled().forEach((state, n) -> lanes.merge(state, n, Long::sum)));
        lanes.forEach((state, n) -> assertThat(n).as(state.word()).isEqualTo(counted.get(state)));
        assertThat(all.stream().mapToLong(RunLanes.RunLane::waiting).sum()).isEqualTo(counted.get(RowState.PENDING));
        assertThat(all.stream().mapToLong(RunLanes.RunLane::underWay).sum())
                .isEqualTo(counted.get(RowState.SENDING) + counted.get(RowState.DEFERRED));
        assertThat(on.deferred().values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(counted.get(RowState.DEFERRED));
    }

    private void act(RunId run, Random random, List<BatchReference> open) {
        String domain = List.of("a.example", "b.example", "c.example").get(random.nextInt(3));
        switch (random.nextInt(8)) {
            case 0 -> holds.hold(domain(domain), "x", null);
            case 1 -> holds.all().stream().findFirst().ifPresent(hold -> holds.release(List.of(hold.id())));
            case 2 -> cancelSome(run, random, domain);
            case 3 -> rows.dueNow(part(run, null, domain));
            case 4, 5 -> claim(run, 1 + random.nextInt(9)).ifPresent(open::add);
            default -> {
                if (!open.isEmpty()) {
                    finish(open.remove(random.nextInt(open.size())), random);
                }
            }
        }
    }

    private void cancelSome(RunId run, Random random, String domain) {
        boolean fresh = random.nextBoolean();
        QueuePart part = new QueuePart(List.of(run.value()), random.nextBoolean() ? Set.of(1, TAIL) : null,
                random.nextInt(3) == 0 ? "" : domain, fresh && random.nextInt(4) == 0, !fresh, "");
        QueueRows.Count before = rows.count(part);
        assertThat(on.cancellations.cancel(part, "x")).isEqualTo(before.waiting());
    }

    private void finish(BatchReference batch, Random random) {
        List<Planned> all = on.batches.rows(batch);
        if (random.nextInt(3) == 0) {
            on.returns.giveBack(batch, all.stream().map(row -> row.row().n()).toList());
        } else {
            settle(batch, all, random.nextBoolean() ? RowState.DEFERRED : RowState.ACCEPTED);
        }
    }

    private void settle(BatchReference batch, List<Planned> some, RowState state) {
        settle(batch, some, state, "451 4.3.0 later");
    }

    private void settle(BatchReference batch, List<Planned> some, RowState state, String reply) {
        Instant now = Instant.now();
        List<Outcome> outcomes = some.stream()
                .map(row -> new Outcome(batch.batch(), row.row(), row.attempts() + 1, row.lane(), now, state,
                        state == RowState.DEFERRED ? "next attempt later" : "", "mx.example", "", reply,
                        state == RowState.DEFERRED ? now.plusSeconds(600) : null))
                .toList();
        assertThat(on.settlements.settle(NODE, EPOCH, outcomes, _ -> {
        })).hasSize(some.size());
    }
}
