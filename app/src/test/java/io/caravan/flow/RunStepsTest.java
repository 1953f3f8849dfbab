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
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;
import io.caravan.campaign.Action;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.Cancellations;
import io.caravan.delivery.Ledger;
import io.caravan.delivery.PlanOrder;
import io.caravan.delivery.Planner;
import io.caravan.delivery.RunCounts;
import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.InDoubtPolicy;
import io.caravan.mail.RowId;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
        ScheduleSync unscheduled = new ScheduleSync(campaigns, null) {
            @Override
            synchronized void reconcile() {
                // no schedules
            }
        };
        return new RunSteps(campaigns, runs, new RunPlan(campaigns, runs, null, null, planner, null, null), null,
                counts, LEDGERS.getBean(Cancellations.class), new Holds(ledger, () -> NOW), unscheduled, null, null,
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
        PlanOrder.Who who = new PlanOrder.Who(new PlanOrder.OfList(id), List.of(), List.of(), List.of("global"));
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
