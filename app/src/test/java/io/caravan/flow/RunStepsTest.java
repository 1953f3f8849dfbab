package io.caravan.flow;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;
import io.caravan.campaign.Action;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.BatchReference;
import io.caravan.delivery.Cancellations;
import io.caravan.delivery.Claims;
import io.caravan.delivery.Ledger;
import io.caravan.delivery.PlanOrder;
import io.caravan.delivery.Planner;
import io.caravan.delivery.RunCounts;
import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.InDoubtPolicy;
import io.caravan.mail.RowId;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

/** How runs come to their end, on a real database. */
class RunStepsTest {

    private static final Instant NOW = Instant.parse("2026-03-02T08:00:00Z");
    private static final DataSource DATABASE = TestDatabase.fresh();
    private static final ConfigurableApplicationContext LEDGERS = TestLedgers.on(DATABASE, () -> NOW);

    private final JdbcClient jdbc = JdbcClient.create(DATABASE);
    private final Campaigns campaigns = LEDGERS.getBean(Campaigns.class);
    private final Runs runs = LEDGERS.getBean(Runs.class);
    private final Ledger ledger = LEDGERS.getBean(Ledger.class);
    private final Planner planner = LEDGERS.getBean(Planner.class);
    private final RunCounts counts = LEDGERS.getBean(RunCounts.class);
    private final RunSteps steps = steps();

    private CampaignId campaign;
    private Run run;

    /** A campaign of its own, whose run begins to be planned. */
    @BeforeEach
    void starts() {
        String name = "c-" + UUID.randomUUID();
        CampaignSpec spec = new CampaignSpec(name, "news@shop.example", null, "Hello", "a.html", null, List.of(),
                Map.of(), new CampaignSpec.Audience("people.csv", null, List.of(), CampaignSpec.Mode.ADD, List.of()),
                null, null, CampaignSpec.STANDARD, InDoubtPolicy.HOLD, Map.of(), Map.of());
        campaign = campaigns.store(spec, "0".repeat(64), name + ".campaign.yaml", "name: " + name, Map.of())
                .campaign().id();
        campaigns.act(campaign, Action.START);
        run = runs.latest(campaign).orElseThrow();
    }

    @AfterAll
    static void close() {
        LEDGERS.close();
    }

    @Test
    void sweepsARunThatWasCancelledLongAgoWhenOneOfItsRowsWaitsAgain() {
        planner.plan(order(3));
        running();
        doubtful(1);
        campaigns.act(campaign, Action.CANCEL);
        steps.advance();
        assertThat(counts.of(run.id())).containsEntry(RowState.CANCELLED, 2L).containsEntry(RowState.IN_DOUBT, 1L);
        newerRuns(60);

        ledger.decide(new RowId(run.id().value(), 1), "resend");
        assertThat(counts.of(run.id())).containsEntry(RowState.DEFERRED, 1L);
        steps.advance();

        assertThat(counts.of(run.id())).containsEntry(RowState.CANCELLED, 3L).containsEntry(RowState.DEFERRED, 0L);
        assertThat(counts.overAndWaiting()).isEmpty();
    }

    @Test
    void cancelsWhatWasPlannedOfARunThatIsCancelledInTheMiddleOfItsPlan() {
        halfPlanned();
        campaigns.act(campaign, Action.PAUSE);
        campaigns.act(campaign, Action.CANCEL);

        steps.advance();

        assertThat(counts.of(run.id())).containsEntry(RowState.CANCELLED, 3L).containsEntry(RowState.PENDING, 0L);
        assertThat(states()).containsOnly("cancelled").hasSize(3);
        assertThat(leftOfPlans()).isZero();
    }

    @Test
    void takesBackToItsEndWhatARunThatIsCancelledHadBegunToTakeBack() {
        halfPlanned();
        jdbc.sql("update planning set after_contact = -1 where run_id = ?").param(run.id().value()).update();
        campaigns.act(campaign, Action.CANCEL);

        steps.advance();

        assertThat(states()).isEmpty();
        assertThat(counts.of(run.id())).containsEntry(RowState.CANCELLED, 0L).containsEntry(RowState.PENDING, 0L);
        assertThat(leftOfPlans()).isZero();
    }

    @Test
    void finishesNoRunOfWhichARowIsSentAgainInThatMoment() {
        running();
        jdbc.sql("create trigger resent before update on run for each row if old.state = 'running'"
                + " and new.state = 'finished' then insert into run_count (run_id, state, n) values (new.id, 'deferred', 1);"
                + " end if").update();
        try {
            steps.advance();
        } finally {
            jdbc.sql("drop trigger resent").update();
        }

        assertThat(runs.run(run.id()).orElseThrow().state()).isEqualTo(RunState.RUNNING);
        jdbc.sql("update run_count set n = 0 where run_id = ?").param(run.id().value()).update();
        steps.advance();
        assertThat(runs.run(run.id()).orElseThrow().state()).isEqualTo(RunState.FINISHED);
    }

    @Test
    void finishesNoRunIfItDiesAsItLooksForARowThatIsSentAgain() {
        running();
        RunCounts dies = new RunCounts(jdbc) {
            private int looks;

            @Override
            public Map<RowState, Long> of(RunId one) {
                if (one.equals(run.id()) && ++looks == 2) {
                    throw new DataAccessResourceFailureException("the database is away");
                }
                return super.of(one);
            }
        };

        catchThrowable(() -> steps(dies).advance());

        assertThat(state()).isEqualTo(RunState.RUNNING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "delivery", "run_count", "retry"})
    void aDoubtIsSentAgainWithItsRunOrNotAtAll(String dies) {
        finishedWithADoubt();
        jdbc.sql("create trigger dies before " + (dies.startsWith("r") && !dies.equals("run") ? "insert" : "update")
                + " on "
                + dies + " for each row signal sqlstate '45000' set message_text = 'it dies'").update();
        try {
            assertThatThrownBy(() -> settle("resend")).hasMessageContaining("it dies");
        } finally {
            jdbc.sql("drop trigger dies").update();
        }

        assertThat(state()).isEqualTo(RunState.FINISHED);
        assertThat(states()).containsOnly("in_doubt");
        assertThat(settle("resend")).isEqualTo(new Doubts.Settled(RowState.DEFERRED, true, "sent again"));
        assertThat(state()).isEqualTo(RunState.RUNNING);
        assertThat(claimed()).isEqualTo(1);
        assertThatThrownBy(() -> settle("resend")).hasMessageContaining("is not in doubt");
    }

    @Test
    void whatIsSentAgainOfAPausedCampaignWaitsForItsResume() {
        finishedWithADoubt();
        pausedLater();

        assertThat(settle("resend")).isEqualTo(new Doubts.Settled(RowState.DEFERRED, false,
                "sent again when the campaign is resumed: it is paused"));

        assertThat(state()).isEqualTo(RunState.PAUSED);
        assertThat(claimed()).isZero();
        campaigns.act(campaign, Action.RESUME);
        assertThat(state()).isEqualTo(RunState.RUNNING);
        assertThat(claimed()).isEqualTo(1);
    }

    @Test
    void whatIsSentAgainOfAPausedCampaignEndsWithIt() {
        finishedWithADoubt();
        pausedLater();
        settle("resend");

        campaigns.act(campaign, Action.CANCEL);
        steps.advance();

        assertThat(state()).isEqualTo(RunState.CANCELLED);
        assertThat(states()).containsOnly("cancelled");
    }

    @Test
    void nothingIsSentAgainOfACancelledCampaign() {
        finishedWithADoubt();
        pausedLater();
        campaigns.act(campaign, Action.CANCEL);

        assertThat(settle("resend")).isEqualTo(
                new Doubts.Settled(RowState.CANCELLED, false, "cancelled, not sent again: the campaign was cancelled"));

        assertThat(state()).as("it had ended by itself").isEqualTo(RunState.FINISHED);
        assertThat(reason()).isEqualTo("not sent again, though a person decided so: the campaign was cancelled");
        assertThat(counts.of(run.id())).containsEntry(RowState.CANCELLED, 1L).containsEntry(RowState.IN_DOUBT, 0L);
    }

    @Test
    void nothingIsSentAgainOfACancelledRun() {
        runningWithADoubt();
        campaigns.act(campaign, Action.CANCEL);

        assertThat(settle("resend").words()).isEqualTo("cancelled, not sent again: the run was cancelled");
        assertThat(counts.of(run.id())).containsEntry(RowState.CANCELLED, 1L);
    }

    @Test
    void aFinishedRunInWhichARowWaitsGoesOn() {
        finishedWithADoubt();
        ledger.decide(row(), "resend"); // as earlier versions did, and died

        steps.advance();

        assertThat(state()).isEqualTo(RunState.RUNNING);
        assertThat(claimed()).isEqualTo(1);
    }

    @Test
    void aFinishedRunInWhichARowWaitsIsPausedWithItsCampaign() {
        finishedWithADoubt();
        ledger.decide(row(), "resend");
        pausedLater();

        steps.advance();

        assertThat(state()).isEqualTo(RunState.PAUSED);
        campaigns.act(campaign, Action.RESUME);
        assertThat(claimed()).isEqualTo(1);
    }

    @Test
    void aRowThatWaitsInAFinishedRunIsCancelledWithItsCampaign() {
        finishedWithADoubt();
        ledger.decide(row(), "resend");
        pausedLater();
        campaigns.act(campaign, Action.CANCEL);

        steps.advance();

        assertThat(state()).isEqualTo(RunState.FINISHED);
        assertThat(reason()).isEqualTo("the campaign was cancelled");
        assertThat(counts.overAndWaiting()).isEmpty();
    }

    /** One person, whose mail is in doubt. */
    private void runningWithADoubt() {
        planner.plan(order(1));
        running();
        doubtful(1);
        jdbc.sql("delete from stretch where run_id = ?").param(run.id().value()).update();
    }

    private void finishedWithADoubt() {
        runningWithADoubt();
        steps.advance();
        assertThat(state()).isEqualTo(RunState.FINISHED);
    }

    /** It goes out every week, and before the next time it is paused. */
    private void pausedLater() {
        jdbc.sql("update campaign set state = 'scheduled' where id = ?").param(campaign.value()).update();
        campaigns.act(campaign, Action.PAUSE);
    }

    private RowId row() {
        return new RowId(run.id().value(), 1);
    }

    private Doubts.Settled settle(String decision) {
        return new Doubts(runs, counts, ledger).settle(campaigns.find(campaign).orElseThrow(), row(), decision);
    }

    private RunState state() {
        return runs.run(run.id()).orElseThrow().state();
    }

    private String reason() {
        return ledger.row(row()).orElseThrow().reason();
    }

    private int claimed() {
        return LEDGERS.getBean(Claims.class).claim(run.id(), 1, 1, Map.of(1, 5)).map(BatchReference::size).orElse(0);
    }

    /** Three people are planned, and the node dies before they are claimable. */
    private void halfPlanned() {
        PlanOrder order = order(3);
        jdbc.sql("create trigger crash before insert on stretch for each row signal sqlstate '45000'"
                + " set message_text = 'crash'").update();
        try {
            assertThatThrownBy(() -> planner.plan(order)).hasMessageContaining("crash");
        } finally {
            jdbc.sql("drop trigger crash").update();
        }
        assertThat(counts.of(run.id())).containsEntry(RowState.PENDING, 3L);
    }

    private List<String> states() {
        return jdbc.sql("select state from delivery where run_id = ?").param(run.id().value()).query(String.class)
                .list();
    }

    private long leftOfPlans() {
        return jdbc.sql("select (select count(*) from plan_lane) + (select count(*) from plan_number)"
                + " + (select count(*) from planning) + (select count(*) from stretch)").query(Long.class).single();
    }

    /** Nothing is sent, planned or scheduled by these. */
    private RunSteps steps() {
        return steps(counts);
    }

    private RunSteps steps(RunCounts asked) {
        ScheduleSync unscheduled = new ScheduleSync(campaigns, null) {
            @Override
            synchronized void reconcile() {
                // no schedules
            }
        };
        return new RunSteps(campaigns, runs, new RunPlan(campaigns, runs, null, null, planner, null, null, null), null,
                asked, LEDGERS.getBean(Cancellations.class), new Holds(ledger, () -> NOW), unscheduled, null, null,
                () -> NOW);
    }

    private PlanOrder order(int people) {
        String list = campaigns.find(campaign).orElseThrow().name();
        jdbc.sql("insert into list (name, created_at) values (:name, now(6))").param("name", list).update();
        long id = jdbc.sql("select id from list where name = :name").param("name", list).query(Long.class).single();
        for (int i = 0; i < people; i++) {
            String address = "p" + i + "@" + list + ".example";
            jdbc.sql("insert into contact (address, written, domain, version, created_at, updated_at)"
                    + " values (:a, :a, :d, 1, now(6), now(6))").param("a", address).param("d", list + ".example")
                    .update();
            jdbc.sql("insert into list_member (list_id, contact_id) select :l, id from contact where address = :a")
                    .param("l", id).param("a", address).update();
        }
        PlanOrder.Who who = new PlanOrder.Who(new PlanOrder.OfList(id), List.of(), null, List.of("global"));
        return new PlanOrder(run.id(), who, planner.domains(who), Map.of(), 1);
    }

    private void running() {
        runs.move(run.id(), Set.of(RunState.PLANNING), RunState.PREFLIGHT, null);
        runs.move(run.id(), Set.of(RunState.PREFLIGHT), RunState.RUNNING, null);
    }

    /** Its line was lost after the dot. */
    private void doubtful(int n) {
        jdbc.sql("update delivery set state = 'in_doubt', reason = 'the line was lost', attempts = 1"
                + " where run_id = :run and n = :n").param("run", run.id().value()).param("n", n).update();
        jdbc.sql("update stretch set next_n = next_n + 1 where run_id = :run").param("run", run.id().value()).update();
        jdbc.sql("update run_count set n = n - 1 where run_id = :run and state = 'pending'")
                .param("run", run.id().value()).update();
        jdbc.sql("insert into run_count (run_id, state, n) values (:run, 'in_doubt', 1)")
                .param("run", run.id().value()).update();
    }

    private void newerRuns(int n) {
        for (int i = 0; i < n; i++) {
            jdbc.sql(
                    "insert into run (campaign_id, number, version, kind, state, scheduled_for, opened_at, finished_at)"
                            + " values (:campaign, :number, 1, 'again', 'finished', now(6) + interval :number hour, now(6), now(6))")
                    .param("campaign", campaign.value()).param("number", 2 + i).update();
        }
    }
}
