package io.caravan.flow;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import javax.sql.DataSource;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;
import io.caravan.campaign.Action;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.BatchReference;
import io.caravan.delivery.Batches;
import io.caravan.delivery.Claims;
import io.caravan.delivery.Ledger;
import io.caravan.delivery.LedgerRow;
import io.caravan.delivery.Outcome;
import io.caravan.delivery.PlanOrder;
import io.caravan.delivery.Planned;
import io.caravan.delivery.Planner;
import io.caravan.delivery.Returns;
import io.caravan.delivery.Settlements;
import io.caravan.delivery.Takings;
import io.caravan.flow.InFlight.Held;
import io.caravan.journal.Entry;
import io.caravan.journal.Header;
import io.caravan.journal.Journal;
import io.caravan.journal.Line;
import io.caravan.journal.Unsettled;
import io.caravan.mail.BatchId;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.InDoubtPolicy;
import io.caravan.mail.RowId;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;
import io.caravan.nodes.Node;
import io.caravan.nodes.Nodes;
import io.caravan.shaping.RetrySchedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A node is declared lost with mail in its hands and comes back with its journal, on a real ledger: each mail goes once. */
class ComebackTest {

    private static final String BOOT = "boot";
    private static final Line DOT = new Line.Dot(Instant.parse("2026-11-24T10:00:00Z"), "mx.example");

    private final DataSource source = TestDatabase.fresh();
    private final JdbcClient jdbc = JdbcClient.create(source);
    private final ApplicationContext ledgers = TestLedgers.on(source, InstantSource.system());
    private final Claims claims = ledgers.getBean(Claims.class);
    private final Batches batches = ledgers.getBean(Batches.class);
    private final Settlements settlements = ledgers.getBean(Settlements.class);
    private final Returns returns = ledgers.getBean(Returns.class);
    private final Ledger ledger = ledgers.getBean(Ledger.class);
    private final Nodes nodes = ledgers.getBean(Nodes.class);
    private Sending sending = sending(false);
    private final Preparations preparations = new Preparations(ledgers.getBean(Campaigns.class),
            ledgers.getBean(Runs.class), null, sending, null);
    private final Outcomes outcomes = new Outcomes(
            new RetrySchedule(Duration.ofMinutes(5), 2, Duration.ofHours(4), Duration.ofDays(3)),
            new Refusals(ReplyRulesFile.read(Path.of("nowhere"))), null);
    private final Bookings bookings = new Bookings(null, null, null) {
        @Override
        void of(List<Outcome> settled, Function<Outcome, Planned> row) {
        }
    };
    private final Runs runs = ledgers.getBean(Runs.class);
    private final Comeback comeback = new Comeback(runs, batches, settlements, bookings,
            outcomes, preparations, ledger, InstantSource.system());
    private Node node;
    private RunId run;

    @BeforeEach
    void aNodeLivesAndARunOfTenIsPlanned() {
        node = nodes.start("a", "host", BOOT);
        long campaign = ledgers.getBean(Campaigns.class).store(spec(), "1".repeat(64), "c.campaign.yaml", "", Map.of())
                .campaign().id().value();
        run = new RunId(jdbc.sql("insert into run (campaign_id, number, version, kind, state, scheduled_for, opened_at)"
                + " values (:c, 1, 1, 'first', 'running', now(6), now(6)) returning id").param("c", campaign)
                .query(Long.class).single());
        long list = jdbc.sql("insert into list (name, created_at) values ('l', now(6)) returning id").query(Long.class)
                .single();
        for (int i = 0; i < 10; i++) {
            long contact = jdbc.sql("insert into contact (address, written, domain, version, created_at, updated_at)"
                    + " values (:a, :a, 'a.example', 1, now(6), now(6)) returning id")
                    .param("a", "p" + i + "@a.example")
                    .query(Long.class).single();
            jdbc.sql("insert into list_member (list_id, contact_id) values (:l, :c)").param("l", list)
                    .param("c", contact).update();
        }
        Planner planner = ledgers.getBean(Planner.class);
        PlanOrder.Who who = PlanOrder.Who.of(new PlanOrder.OfList(list));
        planner.plan(new PlanOrder(run, who, planner.domains(who), Map.of(), 99));
    }

    @Test
    void aRefusalAsLongAsTheyComeDoesNotKeepItFromStarting() {
        BatchReference batch = claim(node, 1);
        declareLost();

        comesBack(lines(batch, 1, new Line.Replied(
                new DeliveryResult.Deferred("mx.example", "4.7.0", "421 " + "x".repeat(496), "slow down", "DATA"))));

        assertThat(row(1).state()).isEqualTo(RowState.DEFERRED);
        assertThat(row(1).reason()).startsWith("was in doubt, and by its node's journal was not taken: 421")
                .hasSize(500);
    }

    @Test
    void whatItsJournalSaysOfOneBatchEndsNoDoubtOfAnother() {
        BatchReference first = claim(node, 10);
        returns.giveBack(first, List.of(1));
        BatchReference second = claim(node, 10);
        assertThat(second.size()).isEqualTo(1);
        assertThat(declareLost().inDoubt()).isEqualTo(10);
        Map<Long, Map<Integer, Unsettled>> journal = new HashMap<>(
                lines(first, 1, new Line.Replied(new DeliveryResult.NotTried("its domain is of another lane now"))));
        journal.putAll(lines(second, 1, DOT));

        comesBack(journal);

        assertThat(row(1).state()).as("behind its dot").isEqualTo(RowState.IN_DOUBT);
        assertThat(IntStream.rangeClosed(2, 10).mapToObj(n -> row(n).state())).as("never left")
                .containsOnly(RowState.DEFERRED);
    }

    @Test
    void aDoubtOfWhatAPersonHadSentAgainIsNotItsOwn() {
        claim(node, 1);
        declareLost();
        ledger.decide(row(1).row(), "resend");
        Node other = nodes.start("other", "host", BOOT);
        BatchReference again = claim(other, 10);
        assertThat(settle(other, again, 1, 2, RowState.IN_DOUBT)).hasSize(1);

        comesBack(Map.of());

        assertThat(row(1).state()).isEqualTo(RowState.IN_DOUBT);
    }

    @Test
    void whatNeverLeftGoesWithItsRunOrNotAtAll() {
        lostAndOver("running");
        jdbc.sql("create trigger dies before update on run for each row signal sqlstate '45000'"
                + " set message_text = 'it dies'").update();
        try {
            assertThatThrownBy(() -> comesBack(Map.of())).hasMessageContaining("it dies");
        } finally {
            jdbc.sql("drop trigger dies").update();
        }
        assertThat(row(1).state()).isEqualTo(RowState.IN_DOUBT);

        comesBack(Map.of());

        assertThat(row(1).state()).isEqualTo(RowState.DEFERRED);
        assertThat(state()).isEqualTo(RunState.RUNNING);
    }

    @Test
    void whatNeverLeftOfACampaignThatIsPausedSinceWaitsForItsResume() {
        lostAndOver("paused");

        comesBack(Map.of());

        assertThat(row(1).state()).isEqualTo(RowState.DEFERRED);
        assertThat(state()).isEqualTo(RunState.PAUSED);
        assertThat(claims.claim(run, node.id(), node.epoch(), Map.of(99, 10))).isEmpty();
        Run paused = runs.run(run).orElseThrow();
        ledgers.getBean(Campaigns.class).act(paused.campaign(), Action.RESUME);
        assertThat(state()).isEqualTo(RunState.RUNNING);
        assertThat(claim(nodes.start("other", "host", BOOT), 10).size()).isEqualTo(10);
    }

    @Test
    void whatNeverLeftOfACampaignThatIsCancelledSinceIsCancelled() {
        lostAndOver("cancelled");

        comesBack(Map.of());

        assertThat(row(1).state()).isEqualTo(RowState.CANCELLED);
        assertThat(row(1).reason()).isEqualTo("the campaign was cancelled; was in doubt, and by its node's journal was"
                + " not taken: it never left");
        assertThat(state()).as("it had ended by itself").isEqualTo(RunState.FINISHED);
    }

    /** All ten are in doubt, the run is over, and then something becomes of its campaign. */
    private void lostAndOver(String campaign) {
        claim(node, 10);
        assertThat(declareLost().inDoubt()).isEqualTo(10);
        assertThat(runs.finish(run, () -> false)).isTrue();
        jdbc.sql("update campaign set state = ?").param(campaign).update();
    }

    private RunState state() {
        return runs.run(run).orElseThrow().state();
    }

    @Test
    void aRowThatGoesBackWhileItIsDeclaredLostIsNotInDoubt() {
        BatchReference batch = claim(node, 10);
        Node other = nodes.start("other", "host", BOOT);

        LostNodes.Declared declared = declareLost(() -> {
            if (jdbc.sql("select count(*) from batch where lost_at is not null").query(Integer.class).single() == 1) {
                returns.giveBack(batch, List.of(5)); // it has woken up
            }
            return Instant.now();
        });

        assertThat(declared.inDoubt()).isEqualTo(9);
        assertThat(row(5).state()).isEqualTo(RowState.PENDING);
        BatchReference next = claim(other, 10);
        assertThat(next.size()).isEqualTo(1);
        assertThat(settle(other, next, 5, 1, RowState.ACCEPTED)).hasSize(1);
        assertThat(batches.stillOpen(List.of(batch.batch(), next.batch()))).isEmpty();
    }

    /** It may sleep, wake after the declaration and go on for minutes, with a dot of another batch that nobody has answered. */
    @Test
    void whatLeavesItsMemoryAfterTheDeclarationIsKeptInItsJournal(@TempDir Path folder) {
        Journal journal = journal(folder, node);
        BatchReference first = claim(node, 1);
        BatchReference second = claim(node, 1);
        BatchReference third = claim(node, 1);
        for (int n = 1; n <= 3; n++) {
            BatchReference batch = List.of(first, second, third).get(n - 1);
            Entry entry = new Entry(new BatchId(batch.batch()), new RowId(run.value(), n), 1);
            journal.ready(List.of(entry));
            journal.dot(entry, "mx.example");
        }
        InFlight inFlight = new InFlight();
        ClosedBatches closed = new ClosedBatches(inFlight, batches);
        assertThat(settle(node, third, 3, 1, RowState.ACCEPTED)).hasSize(1);
        assertThat(declareLost().inDoubt()).isEqualTo(2);

        leaves(inFlight, first);
        leaves(inFlight, third);
        closed.forget(journal);
        journal.close(); // while the second still waits for its answer
        assertThat(recovered(folder)).extracting(each -> each.entry().row().n()).containsExactly(1, 2);

        assertThat(row(1).state()).isEqualTo(RowState.IN_DOUBT);
        assertThat(row(2).state()).isEqualTo(RowState.IN_DOUBT);
        assertThat(row(3).state()).isEqualTo(RowState.ACCEPTED);
    }

    @Test
    void whatTheLedgerHasOpenIsForgottenOnceItIsClosed(@TempDir Path folder) {
        Journal journal = journal(folder, node);
        BatchReference batch = claim(node, 1);
        Entry entry = new Entry(new BatchId(batch.batch()), new RowId(run.value(), 1), 1);
        journal.ready(List.of(entry));
        InFlight inFlight = new InFlight();
        ClosedBatches closed = new ClosedBatches(inFlight, batches);

        leaves(inFlight, batch);
        closed.forget(journal);
        assertThat(settle(node, batch, 1, 1, RowState.ACCEPTED)).hasSize(1);
        closed.forget(journal);
        journal.close();

        assertThat(recovered(folder)).isEmpty();
    }

    @Test
    void aRetryThatNeverLeftIsSentAgainThoughNoLineIsAboutIt() {
        claim(node, 1);
        declareLost();
        comesBack(Map.of());
        assertThat(row(1).state()).isEqualTo(RowState.DEFERRED);
        node = nodes.start("a", "host", BOOT);
        BatchReference retry = claim(node, 1);
        assertThat(retry.size()).isEqualTo(1);
        assertThat(declareLost().inDoubt()).isEqualTo(1);

        comesBack(Map.of());

        assertThat(row(1).state()).isEqualTo(RowState.DEFERRED);
        assertThat(row(1).reason()).endsWith("it never left");
    }

    @Test
    void whatOnlyTheDeclaringNodesSettingsKeepHereIsInDoubt() {
        nodes.tellStays(node, sending.stays());
        claim(node, 4);
        sending = sending(true);

        assertThat(declareLost().inDoubt()).isEqualTo(4);
        assertThat(row(1).state()).isEqualTo(RowState.IN_DOUBT);
    }

    @Test
    void whatBothNodesKeepHereIsGivenBack() {
        sending = sending(true);
        nodes.tellStays(node, sending.stays());
        claim(node, 4);

        assertThat(declareLost().givenBack()).isEqualTo(4);
        assertThat(row(1).state()).isEqualTo(RowState.PENDING);
    }

    private static Sending sending(boolean sandbox) {
        return new Sending(sandbox, Set.of(), "relay:sink", Map.of(), Map.of(), null, Map.of(), Map.of(), Map.of(),
                "http://127.0.0.1:8080", 500, 1_500, 64 << 20, Duration.ofSeconds(5));
    }

    private Journal journal(Path folder, Node of) {
        return Journal.open(folder, new Header(nodes.installation(), of.id(), of.epoch(), BOOT));
    }

    /** All that the node does first at its next start; gives what its journal knew. */
    private List<Unsettled> recovered(Path folder) {
        Node again = nodes.start("a", "host", BOOT);
        try (Journal next = journal(folder, again)) {
            List<Unsettled> known = next.unsettled();
            new Recovery(batches, settlements, returns, bookings, outcomes, preparations, comeback,
                    InstantSource.system()).settle(again, next, BOOT);
            return known;
        }
    }

    private void leaves(InFlight inFlight, BatchReference batch) {
        Held held = new Held(batch, "relay:sink", new Prepared(null, null, null, ""),
                List.of(batches.row(new RowId(run.value(), 1)).orElseThrow()));
        inFlight.opened(held);
        assertThat(inFlight.left(held, Collections.nCopies(batch.size(), 1))).isTrue();
    }

    private List<Outcome> settle(Node by, BatchReference batch, int n, int attempt, RowState state) {
        RowId id = new RowId(run.value(), n);
        int lane = batches.row(id).orElseThrow().lane();
        return settlements.settle(by.id(), by.epoch(),
                List.of(new Outcome(batch.batch(), id, attempt, lane, Instant.now(),
                        state, state == RowState.ACCEPTED ? "" : "its line broke", "mx.example", "", "", null)),
                _ -> {
                });
    }

    private BatchReference claim(Node by, int most) {
        Map<Integer, Integer> permits = new HashMap<>();
        claims.waiting(run).forEach(waiting -> permits.put(waiting.lane(), most));
        return claims.claim(run, by.id(), by.epoch(), permits).orElseThrow();
    }

    private LostNodes.Declared declareLost() {
        return declareLost(InstantSource.system());
    }

    private LostNodes.Declared declareLost(InstantSource clock) {
        NodeLife elsewhere = new NodeLife(new NodeSettings("b", "host", BOOT, "", Path.of("b"), Path.of("b"),
                Duration.ofSeconds(20), Duration.ofSeconds(5), List.of(), null, null, 0), nodes, null, null, null, null,
                null, null, null, null, clock);
        jdbc.sql("update node set until = utc_timestamp(6) - interval 1 hour where id = :id").param("id", node.id())
                .update();
        return new LostNodes(nodes, elsewhere, batches, settlements, returns, ledgers.getBean(Takings.class), outcomes,
                bookings, preparations, sending, clock).declare(node.id());
    }

    private void comesBack(Map<Long, Map<Integer, Unsettled>> journal) {
        Node again = nodes.start("a", "host", BOOT);
        comeback.settle(again, journal, Set.of(node.epoch()), BOOT);
    }

    private Map<Long, Map<Integer, Unsettled>> lines(BatchReference batch, int n, Line last) {
        return Map.of(batch.batch(), Map.of(n, new Unsettled(
                new Entry(new BatchId(batch.batch()), new RowId(run.value(), n), 1), last, batch.epoch(), BOOT)));
    }

    private LedgerRow row(int n) {
        return ledger.row(new RowId(run.value(), n)).orElseThrow();
    }

    private static CampaignSpec spec() {
        return new CampaignSpec("c", "a@b.example", null, "s", "a.html", null, List.of(), Map.of(),
                new CampaignSpec.Audience("c.csv", null, List.of(), CampaignSpec.Mode.ADD, List.of()), null, null,
                "standard", InDoubtPolicy.HOLD, Map.of(), Map.of());
    }
}
