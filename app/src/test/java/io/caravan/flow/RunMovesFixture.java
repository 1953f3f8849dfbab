package io.caravan.flow;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;
import io.caravan.audience.Lists;
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
import io.caravan.mail.RunState;
import io.caravan.nodes.Node;
import io.caravan.nodes.Turns;
import io.caravan.pacing.DomainProviders.DomainProvider;
import io.caravan.pacing.Lanes;
import io.caravan.shaping.WarmUp;
import io.caravan.shaping.WarmUps;

/** A campaign to three people whose run begins to be planned, and the steps that move it, on a real database. */
abstract class RunMovesFixture {

    static final Instant NOW = Instant.parse("2026-03-02T08:00:00Z");
    static final DataSource DATABASE = TestDatabase.fresh();
    static final ConfigurableApplicationContext LEDGERS = TestLedgers.on(DATABASE, () -> NOW);

    interface Hook {
        void of(Run run);
    }

    final JdbcClient jdbc = JdbcClient.create(DATABASE);
    final Campaigns campaigns = LEDGERS.getBean(Campaigns.class);
    final Runs runs = LEDGERS.getBean(Runs.class);
    final Planner planner = LEDGERS.getBean(Planner.class);
    final RunCounts counts = LEDGERS.getBean(RunCounts.class);
    final List<WarmUp> warmUps = new ArrayList<>();

    Hook beforePlan = _ -> {
    };

    Hook inPreflight = _ -> {
    };

    final RunSteps steps = steps(new Preflight(null, null, null, null) {
        @Override
        List<String> problems(Run one) {
            inPreflight.of(one);
            return List.of();
        }
    });

    String list;
    CampaignId campaign;
    Run run;

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

    /** Its people are planned. */
    void planned(Run of) {
        PlanOrder.Who who = PlanOrder.Who.of(new PlanOrder.OfList(
                jdbc.sql("select id from list where name = ?").param(list).query(Long.class).single()));
        planner.plan(new PlanOrder(of.id(), who, planner.domains(who), Map.of(), 1));
        runs.move(of.id(), Set.of(RunState.PLANNING), RunState.PREFLIGHT, null);
    }

    void running(Run of) {
        planned(of);
        runs.move(of.id(), Set.of(RunState.PREFLIGHT), RunState.RUNNING, null);
    }

    /** Its rows are in an open batch. */
    void claimed(Run of) {
        jdbc.sql("delete from stretch where run_id = ?").param(of.id().value()).update();
        jdbc.sql("update run_count set state = 'sending' where run_id = ? and state = 'pending'")
                .param(of.id().value()).update();
    }

    /** This became of all its rows. */
    void all(Run of, String state) {
        claimed(of);
        jdbc.sql("update delivery set state = :s, attempts = 1 where run_id = :run").param("s", state)
                .param("run", of.id().value()).update();
        jdbc.sql("update run_count set state = :s where run_id = :run and state = 'sending'").param("s", state)
                .param("run", of.id().value()).update();
    }

    Run current(Run of) {
        return runs.run(of.id()).orElseThrow();
    }

    RunState state(Run of) {
        return current(of).state();
    }

    @Nullable
    String reason(Run of) {
        return current(of).reason();
    }

    Run started(CampaignId of, Action how) {
        campaigns.act(of, how);
        return runs.latest(of).orElseThrow();
    }

    /** The first of a test has the name of its list. */
    CampaignId campaign(List<String> exclude) {
        String name = campaigns.find(list).isEmpty() ? list : "c-" + UUID.randomUUID();
        return campaigns.store(spec(name, exclude), "0".repeat(64), name + ".campaign.yaml", "name: " + name, Map.of())
                .campaign().id();
    }

    CampaignSpec spec(String name, List<String> exclude) {
        return new CampaignSpec(name, "news@shop.example", null, "Hello", "a.html", null, List.of(), Map.of(),
                new CampaignSpec.Audience(null, list, List.of(), CampaignSpec.Mode.ADD, exclude), null, null,
                CampaignSpec.STANDARD, InDoubtPolicy.HOLD, Map.of(), Map.of());
    }

    RunSteps steps(Preflight preflight) {
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
                Duration.ofSeconds(20), Duration.ofSeconds(5), List.of(), null, null, 0), null, null, null, null, null,
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
