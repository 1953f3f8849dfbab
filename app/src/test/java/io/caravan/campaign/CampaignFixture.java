package io.caravan.campaign;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;
import io.caravan.mail.CampaignSpec.Late;
import io.caravan.mail.CampaignSpec.Misfire;
import io.caravan.mail.CampaignSpec.Mode;
import io.caravan.mail.CampaignSpec.Schedule;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.CampaignState;
import io.caravan.mail.InDoubtPolicy;
import io.caravan.mail.RunState;

/** Campaigns on a real database, each test with a name of its own and the clock at its start. */
abstract class CampaignFixture {

    static final DataSource DATABASE = TestDatabase.fresh();
    static final Instant START = Instant.parse("2026-03-02T08:00:00.123456Z");
    static final ZoneId ROME = ZoneId.of("Europe/Rome");
    static final Schedule NOW = new Schedule(true, null, null, ROME, Misfire.DEFAULT);
    static final Schedule MONDAYS = new Schedule(false, null, "0 0 9 ? * MON", ROME,
            new Misfire(Duration.ofHours(2), Late.ASK));

    static Instant time;
    static final ApplicationContext LEDGERS = TestLedgers.on(DATABASE, () -> time);
    final JdbcClient jdbc = JdbcClient.create(DATABASE);
    final Runs runs = LEDGERS.getBean(Runs.class);
    final Campaigns campaigns = LEDGERS.getBean(Campaigns.class);
    final String name = "c-" + UUID.randomUUID();

    @BeforeEach
    void startsTheClock() {
        time = START;
    }

    void through(Run run, RunState last) {
        runs.move(run.id(), Set.of(RunState.PLANNING), RunState.PREFLIGHT, null);
        runs.move(run.id(), Set.of(RunState.PREFLIGHT), RunState.RUNNING, null);
        runs.move(run.id(), Set.of(RunState.RUNNING), last, null);
    }

    CampaignState state(Campaign campaign) {
        return campaigns.find(campaign.id()).orElseThrow().state();
    }

    Stored store(@Nullable Schedule schedule, String sha) {
        return campaigns.store(spec(schedule), sha.repeat(64), name + ".campaign.yaml", "source " + sha, Map.of());
    }

    CampaignSpec spec(@Nullable Schedule schedule) {
        return new CampaignSpec(name, "a@b.example", null, "s", "a.html", null, List.of(), Map.of(),
                new CampaignSpec.Audience(name + ".csv", null, List.of(), Mode.ADD, List.of()), schedule, null,
                "standard",
                InDoubtPolicy.HOLD, Map.of(), Map.of());
    }
}
