package io.caravan.flow;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;
import io.caravan.audience.Lists;
import io.caravan.campaign.Action;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.Batches;
import io.caravan.delivery.Cancellations;
import io.caravan.delivery.Ledger;
import io.caravan.delivery.PlanOrder;
import io.caravan.delivery.Planned;
import io.caravan.delivery.Planner;
import io.caravan.delivery.RunCounts;
import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.InDoubtPolicy;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;
import io.caravan.nodes.Node;
import io.caravan.nodes.Turns;
import io.caravan.pacing.DomainProviders.DomainProvider;
import io.caravan.pacing.Lanes;
import io.caravan.rendering.MailLimits;
import io.caravan.rendering.Person;
import io.caravan.shaping.WarmUp;
import io.caravan.shaping.WarmUps;

import static org.assertj.core.api.Assertions.assertThat;

/** What keeps a run from its next move, and whom that concerns, on a real database. */
class RunMovesTest {

    private static final Instant NOW = Instant.parse("2026-03-02T08:00:00Z");
    private static final DataSource DATABASE = TestDatabase.fresh();
    private static final ConfigurableApplicationContext LEDGERS = TestLedgers.on(DATABASE, () -> NOW);

    private interface Hook {
        void of(Run run);
    }

    private final JdbcClient jdbc = JdbcClient.create(DATABASE);
    private final Campaigns campaigns = LEDGERS.getBean(Campaigns.class);
    private final Runs runs = LEDGERS.getBean(Runs.class);
    private final Planner planner = LEDGERS.getBean(Planner.class);
    private final RunCounts counts = LEDGERS.getBean(RunCounts.class);

    private final List<WarmUp> warmUps = new ArrayList<>();
    private Hook beforePlan = _ -> {
    };
    private Hook inPreflight = _ -> {
    };
    private final RunSteps steps = steps(new Preflight(null, null, null, null) {
        @Override
        List<String> problems(Run one) {
            inPreflight.of(one);
            return List.of();
        }
    });

    private String list;
    private CampaignId campaign;
    private Run run;

    /** A list of three people, and a campaign to them whose run begins to be planned. */
    @BeforeEach
    void starts() {
        list = "l-" + UUID.randomUUID();
        jdbc.sql("insert into list (name, created_at) values (?, now(6))").param(list).update();
        for (int i = 0; i < 3; i++) {
            String address = "p" + i + "@" + list + ".example";
            jdbc.sql("insert into contact (address, written, domain, version, created_at, updated_at)"
                    + " values (:a, :a, :d, 1, now(6), now(6))").param("a", address).param("d", list + ".example")
                    .update();
            jdbc.sql("insert into list_member (list_id, contact_id) select l.id, c.id from list l, contact c"
                    + " where l.name = :l and c.address = :a").param("l", list).param("a", address).update();
        }
        campaign = campaign(List.of());
        run = started(campaign, Action.START);
    }

    @AfterAll
    static void close() {
        LEDGERS.close();
    }

    @Test
    void aWarmUpPlanOfAProviderHoldsForItsPeopleHoweverFewTheyAre() {
        warmUps.add(new WarmUp("shop.example", "*", LocalDate.EPOCH, List.of(10L), null));
        steps.advance();
        assertThat(provider(run)).as("fewer than have a lane of their own").isEqualTo(Lanes.TAIL);

        warmUps.add(new WarmUp("shop.example", list + ".example", LocalDate.EPOCH, List.of(10L), null));
        Run second = started(campaign(List.of()), Action.START);
        steps.advance();

        assertThat(provider(second)).isEqualTo(list + ".example");
    }

    private String provider(Run of) {
        return jdbc
                .sql("select distinct l.provider from delivery d join lane l on l.id = d.lane_id where d.run_id = :run")
                .param("run", of.id().value()).query(String.class).single();
    }

    @Test
    void whoWaitsInACancelledResendIsInTheNext() {
        running(run);
        all(run, "expired");
        steps.advance();
        assertThat(state(run)).isEqualTo(RunState.FINISHED);
        Run second = started(campaign, Action.RESEND);
        steps.advance();
        assertThat(counts.of(second.id())).containsEntry(RowState.PENDING, 3L);

        campaigns.act(campaign, Action.CANCEL);
        Run third = started(campaign, Action.RESEND);
        steps.advance();

        assertThat(counts.of(second.id())).containsEntry(RowState.CANCELLED, 3L);
        assertThat(counts.of(third.id())).containsEntry(RowState.PENDING, 3L);
    }

    @Test
    void whoWaitsInARefusedRunIsNewInTheNext() {
        running(run);
        all(run, "cancelled");
        steps.advance();
        Run refused = started(campaign, Action.START_AGAIN);
        planned(refused);
        runs.move(refused.id(), Set.of(RunState.PREFLIGHT), RunState.REFUSED, "row 1 has no first_name");

        Run next = started(campaign, Action.START_NEW);
        steps.advance();

        assertThat(counts.of(refused.id())).containsEntry(RowState.CANCELLED, 3L);
        assertThat(counts.of(next.id())).containsEntry(RowState.PENDING, 3L);
    }

    @Test
    void plansNobodyOfWhomABatchOfACancelledRunIsNotSettledAndSaysSo() {
        running(run);
        all(run, "expired");
        steps.advance();
        Run second = started(campaign, Action.RESEND);
        running(second);
        claimed(second);
        campaigns.act(campaign, Action.CANCEL);
        Run third = started(campaign, Action.RESEND);

        steps.advance();
        steps.advance();

        assertThat(state(third)).isEqualTo(RunState.PLANNING);
        assertThat(reason(third)).startsWith("not planned before run 2 of " + list + " is wholly cancelled");
        all(second, "failed");
        inPreflight = one -> assertThat(one.reason()).as("after it was planned").isNull();
        steps.advance();
        assertThat(counts.of(third.id())).containsEntry(RowState.PENDING, 3L);
        assertThat(reason(third)).isNull();
    }

    @Test
    void plansNobodyWhileACampaignThatItExcludesIsBeingCancelled() {
        running(run);
        claimed(run);
        campaigns.act(campaign, Action.CANCEL);
        Run other = started(campaign(List.of("campaign:" + list)), Action.START);
        Run unconcerned = started(campaign(List.of()), Action.START);

        steps.advance();

        assertThat(state(other)).isEqualTo(RunState.PLANNING);
        assertThat(reason(other)).startsWith("not planned before run 1 of " + list + " is wholly cancelled");
        assertThat(counts.of(unconcerned.id())).containsEntry(RowState.PENDING, 3L);
        all(run, "failed");
        steps.advance();
        assertThat(counts.of(other.id())).containsEntry(RowState.PENDING, 3L).containsEntry(RowState.SUPPRESSED, 0L);
    }

    @Test
    void oneRunThatCannotBePlannedHoldsUpNoOther() {
        Run poison = run;
        Run other = started(campaign(List.of()), Action.START);
        running(other);
        all(other, "accepted");
        beforePlan = one -> {
            if (one.id().equals(poison.id())) {
                throw new NullPointerException("no numbers were set aside for lane 2");
            }
        };

        steps.advance();

        assertThat(state(other)).isEqualTo(RunState.FINISHED);
        assertThat(reason(poison)).as("once is nothing").isNull();
        advanceUntil(() -> reason(poison) != null);
        assertThat(reason(poison)).startsWith(
                "cannot go on: NullPointerException: no numbers were set aside for lane 2; it is tried again");
        beforePlan = _ -> {
        };
        advanceUntil(() -> state(poison) == RunState.RUNNING);
        assertThat(reason(poison)).isNull();
        assertThat(counts.of(poison.id())).containsEntry(RowState.PENDING, 3L);
    }

    @Test
    void oneRunWhoseAttributesHaveNoBottomHoldsUpNoOther() {
        planned(run);
        jdbc.sql("update run set reason = '3 people at 1 domain that takes no mail' where id = ?")
                .param(run.id().value()).update();
        Run other = started(campaign(List.of()), Action.START);
        running(other);
        all(other, "accepted");
        inPreflight = one -> {
            if (one.id().equals(run.id())) {
                throw new StackOverflowError();
            }
        };

        steps.advance();

        assertThat(state(other)).isEqualTo(RunState.FINISHED);
        advanceUntil(() -> RunNote.fault(reason(run)) != null);
        assertThat(reason(run)).startsWith("3 people at 1 domain that takes no mail\ncannot go on: StackOverflowError");
        inPreflight = _ -> {
        };
        advanceUntil(() -> state(run) == RunState.RUNNING);
        assertThat(reason(run)).isEqualTo("3 people at 1 domain that takes no mail");
    }

    @Test
    void aRunThatFailsAgainAndAgainRestsForLongerAndLongerUntilItGoesOn() {
        AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // where a monotonic clock begins says nothing
        RunFaults faults = new RunFaults(runs, now::get);
        long[] rests = new long[9];

        for (int i = 0; i < rests.length; i++) {
            faults.failed(current(run), "run", new IllegalStateException("no"));
            while (faults.rests(run.id())) {
                now.addAndGet(Duration.ofSeconds(1).toNanos());
                rests[i]++;
            }
        }

        assertThat(rests).containsExactly(1, 2, 4, 8, 16, 32, 60, 60, 60);
        assertThat(RunNote.fault(reason(run))).contains("IllegalStateException: no");
        faults.over(current(run));
        assertThat(reason(run)).isNull();
        faults.failed(current(run), "run", new IllegalStateException("no"));
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(faults.rests(run.id())).isFalse();
    }

    @Test
    void startsNoRunThatWasPausedInItsPreflightAndResumedBeforeTheRestWasLookedAt() {
        planned(run);
        CampaignSpec spec = spec(list, List.of());
        Prepared prepared = new Prepared(spec, new CampaignTemplates(MailLimits.DEFAULT).compile(spec,
                Map.of("a.html", "<p>Hello</p>".getBytes(StandardCharsets.UTF_8))), null, list);
        Preparations preparations = new Preparations(campaigns, runs, null, null, null) {
            @Override
            Prepared of(RunId id) {
                return prepared;
            }
        };
        Renderer renderer = new Renderer(null, null, null, null) {
            @Override
            Person person(Planned row) {
                if (row.row().run() == run.id().value() && state(run) == RunState.PREFLIGHT) {
                    campaigns.act(campaign, Action.PAUSE);
                }
                return new Person(row.written(), Map.of());
            }
        };
        Preflight preflight = new Preflight(runs, LEDGERS.getBean(Batches.class), preparations, renderer) {
            @Override
            List<String> problems(Run one) {
                if (!one.id().equals(run.id())) {
                    return List.of();
                }
                try {
                    return super.problems(one);
                } finally {
                    campaigns.act(campaign, Action.RESUME);
                }
            }
        };

        steps(preflight).advance();

        assertThat(state(run)).isEqualTo(RunState.PREFLIGHT);
    }

    private void advanceUntil(java.util.function.BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        do {
            steps.advance();
        } while (!condition.getAsBoolean() && System.nanoTime() < end);
        assertThat(condition.getAsBoolean()).isTrue();
    }

    /** Its people are planned. */
    private void planned(Run of) {
        PlanOrder.Who who = PlanOrder.Who.of(new PlanOrder.OfList(
                jdbc.sql("select id from list where name = ?").param(list).query(Long.class).single()));
        planner.plan(new PlanOrder(of.id(), who, planner.domains(who), Map.of(), 1));
        runs.move(of.id(), Set.of(RunState.PLANNING), RunState.PREFLIGHT, null);
    }

    private void running(Run of) {
        planned(of);
        runs.move(of.id(), Set.of(RunState.PREFLIGHT), RunState.RUNNING, null);
    }

    /** Its rows are in an open batch. */
    private void claimed(Run of) {
        jdbc.sql("delete from stretch where run_id = ?").param(of.id().value()).update();
        jdbc.sql("update run_count set state = 'sending' where run_id = ? and state = 'pending'")
                .param(of.id().value()).update();
    }

    /** This became of all its rows. */
    private void all(Run of, String state) {
        claimed(of);
        jdbc.sql("update delivery set state = :s, attempts = 1 where run_id = :run").param("s", state)
                .param("run", of.id().value()).update();
        jdbc.sql("update run_count set state = :s where run_id = :run and state = 'sending'").param("s", state)
                .param("run", of.id().value()).update();
    }

    private Run current(Run of) {
        return runs.run(of.id()).orElseThrow();
    }

    private RunState state(Run of) {
        return current(of).state();
    }

    private @Nullable String reason(Run of) {
        return current(of).reason();
    }

    private Run started(CampaignId of, Action how) {
        campaigns.act(of, how);
        return runs.latest(of).orElseThrow();
    }

    /** The first of a test has the name of its list. */
    private CampaignId campaign(List<String> exclude) {
        String name = campaigns.find(list).isEmpty() ? list : "c-" + UUID.randomUUID();
        return campaigns.store(spec(name, exclude), "0".repeat(64), name + ".campaign.yaml", "name: " + name, Map.of())
                .campaign().id();
    }

    private CampaignSpec spec(String name, List<String> exclude) {
        return new CampaignSpec(name, "news@shop.example", null, "Hello", "a.html", null, List.of(), Map.of(),
                new CampaignSpec.Audience(null, list, List.of(), CampaignSpec.Mode.ADD, exclude), null, null,
                CampaignSpec.STANDARD, InDoubtPolicy.HOLD, Map.of(), Map.of());
    }

    private RunSteps steps(Preflight preflight) {
        ScheduleSync unscheduled = new ScheduleSync(campaigns, null) {
            @Override
            synchronized void reconcile() {
                // no schedules
            }
        };
        Sending sending = new Sending(false, Set.of(), "relay:sink", Map.of(), Map.of(), null, Map.of(), Map.of(),
                Map.of(), "http://127.0.0.1:8080", 500, 1_500, 64 << 20, Duration.ofSeconds(5));
        DomainLookUp none = new DomainLookUp(null, null, () -> NOW) {
            @Override
            Map<String, DomainProvider> of(Collection<String> domains) {
                return Map.of();
            }
        };
        RunPlan plan = new RunPlan(campaigns, runs,
                new AudienceTerms(campaigns, runs, LEDGERS.getBean(Lists.class), null), new Lanes(jdbc), planner,
                sending, new WarmUps(warmUps), none) {
            @Override
            String of(Run one) {
                beforePlan.of(one);
                return super.of(one);
            }
        };
        Node me = new Node(1, 1);
        NodeLife life = new NodeLife(new NodeSettings("b", "host", "", "", Path.of("b"), Path.of("b"),
                Duration.ofSeconds(20), Duration.ofSeconds(5), List.of(), null, null), null, null, null, null, null,
                null, null, null, null, () -> NOW) {
            @Override
            public Node node() {
                return me;
            }
        };
        return new RunSteps(campaigns, runs, plan, preflight, counts, LEDGERS.getBean(Cancellations.class),
                new Holds(LEDGERS.getBean(Ledger.class), () -> NOW), unscheduled, new Turns(jdbc), life, () -> NOW);
    }
}
