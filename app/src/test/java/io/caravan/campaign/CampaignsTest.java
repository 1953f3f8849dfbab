package io.caravan.campaign;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;
import io.caravan.campaign.Again.Consequence;
import io.caravan.campaign.Stored.Change;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.CampaignSpec.Late;
import io.caravan.mail.CampaignSpec.Misfire;
import io.caravan.mail.CampaignSpec.Mode;
import io.caravan.mail.CampaignSpec.Schedule;
import io.caravan.mail.CampaignState;
import io.caravan.mail.InDoubtPolicy;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.PermanentFault;
import io.caravan.mail.Rate;
import io.caravan.mail.RunState;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CampaignsTest {

    private static final DataSource DATABASE = TestDatabase.fresh();
    private static final Instant START = Instant.parse("2026-03-02T08:00:00.123456Z");
    private static final ZoneId ROME = ZoneId.of("Europe/Rome");
    private static final Schedule NOW = new Schedule(true, null, null, ROME, Misfire.DEFAULT);
    private static final Schedule MONDAYS = new Schedule(false, null, "0 0 9 ? * MON", ROME,
            new Misfire(Duration.ofHours(2), Late.ASK));

    private static Instant time;
    private static final ApplicationContext LEDGERS = TestLedgers.on(DATABASE, () -> time);
    private final JdbcClient jdbc = JdbcClient.create(DATABASE);
    private final Runs runs = LEDGERS.getBean(Runs.class);
    private final Campaigns campaigns = LEDGERS.getBean(Campaigns.class);
    private final String name = "c-" + UUID.randomUUID();

    @BeforeEach
    void startsTheClock() {
        time = START;
    }

    @Test
    void givesBackEachVersionAsItWasStored() {
        CampaignSpec full = new CampaignSpec(name, "Ana <ana@shop.example>", "hi@shop.example",
                "Grüße, [[${first_name}]]", "a.html", "a.txt",
                List.of("terms.pdf"), Map.of("logo", "logo.png"),
                new CampaignSpec.Audience("a.csv", null, List.of("email", "first_name"), Mode.REPLACE,
                        List.of("list:staff")),
                new Schedule(false, LocalDateTime.of(2026, 12, 1, 9, 0), null, ROME,
                        new Misfire(Duration.ofMinutes(90), Late.SKIP)),
                Rate.parse("500/min"), "office", InDoubtPolicy.RESEND, Map.of("season", "spring"),
                Map.of("year", 2026L, "price", 9.5, "open", true, "items", List.of(Map.of("name", "tea", "n", 1L))));

        Stored stored = campaigns.store(full, "f".repeat(64), "a.campaign.yaml", "name: a\n# ü", Map.of("a.html", 7L));

        assertThat(stored.change()).isEqualTo(Change.CREATED);
        assertThat(stored.previousVersion()).isZero();
        assertThat(stored.consequence()).isEqualTo(Consequence.SCHEDULED);
        assertThat(campaigns.find(name)).hasValue(stored.campaign());
        assertThat(campaigns.find(stored.campaign().id())).hasValue(stored.campaign());
        assertThat(campaigns.version(stored.campaign().id(), 1))
                .isEqualTo(new Version(stored.campaign().id(), 1, "f".repeat(64),
                        "a.campaign.yaml", "name: a\n# ü", full, Map.of("a.html", 7L), START));
        assertThatThrownBy(() -> campaigns.version(stored.campaign().id(), 2)).isInstanceOf(PermanentFault.class);
    }

    @Test
    void keepsADraftAndANullRateAsTheyAre() {
        Campaign campaign = store(null, "1").campaign();

        assertThat(campaign.state()).isEqualTo(CampaignState.DRAFT);
        assertThat(campaigns.version(campaign.id(), 1).spec()).isEqualTo(spec(null));
    }

    @Test
    void changesNothingWhenTheFileIsTheSame() {
        Stored first = store(NOW, "1");
        time = START.plusSeconds(60);

        Stored again = store(NOW, "1");

        assertThat(again.change()).isEqualTo(Change.UNCHANGED);
        assertThat(again.consequence()).isEqualTo(Consequence.NOTHING);
        assertThat(again.campaign()).isEqualTo(first.campaign());
        assertThat(campaigns.versions(first.campaign().id())).hasSize(1);
    }

    @Test
    void storesOneVersionWhenTheSameFileComesTwiceAtOnce() throws Exception {
        try (var threads = Executors.newFixedThreadPool(6)) {
            List<Callable<Stored>> files = Stream.generate(() -> (Callable<Stored>) () -> store(NOW, "1")).limit(6)
                    .toList();

            var stored = threads.invokeAll(files).stream().map(f -> f.resultNow()).toList();

            assertThat(stored).filteredOn(s -> s.change() == Change.CREATED).hasSize(1);
            assertThat(stored).filteredOn(s -> s.change() == Change.UNCHANGED).hasSize(5);
        }
    }

    @Test
    void opensOneRunForAFiringHoweverOftenItFires() throws Exception {
        Campaign campaign = store(MONDAYS, "1").campaign();
        try (var threads = Executors.newFixedThreadPool(6)) {
            List<Callable<Boolean>> firings = Stream.generate(() -> (Callable<Boolean>) () -> runs
                    .open(campaign.id(), START, RunState.PLANNING, null).isPresent()).limit(12).toList();

            var opened = threads.invokeAll(firings).stream().filter(f -> f.resultNow()).toList();

            assertThat(opened).hasSize(1);
            assertThat(runs.of(campaign.id())).singleElement().satisfies(run -> {
                assertThat(run.state()).isEqualTo(RunState.PLANNING);
                assertThat(run.kind()).isEqualTo(RunKind.FIRST);
                assertThat(run.number()).isEqualTo(1);
                assertThat(run.scheduledFor()).isEqualTo(START);
            });
            assertThat(state(campaign)).isEqualTo(CampaignState.RUNNING);
        }
    }

    @Test
    void opensOneRunEverForAOneTimeCampaign() {
        Campaign campaign = store(NOW, "1").campaign();
        Run run = runs.open(campaign.id(), START, RunState.PLANNING, null).orElseThrow();
        through(run, RunState.FINISHED);

        assertThat(runs.open(campaign.id(), START.plusSeconds(1), RunState.PLANNING, null)).isEmpty();
        Stored changed = store(NOW, "2");

        assertThat(changed.consequence()).isEqualTo(Consequence.VERSION_ONLY);
        assertThat(changed.campaign().version()).isEqualTo(2);
        assertThat(changed.campaign().state()).isEqualTo(CampaignState.FINISHED);
        assertThat(runs.open(campaign.id(), START.plusSeconds(2), RunState.PLANNING, null)).isEmpty();
        assertThat(runs.latest(campaign.id()).orElseThrow().version()).isEqualTo(1);
    }

    @Test
    void letsAChangedFileChangeWhatHasNotBegun() {
        Campaign campaign = store(MONDAYS, "1").campaign();
        time = START.plusSeconds(60);

        Stored changed = store(NOW, "2");

        assertThat(changed.change()).isEqualTo(Change.CHANGED);
        assertThat(changed.previousVersion()).isEqualTo(1);
        assertThat(changed.consequence()).isEqualTo(Consequence.SCHEDULED);
        assertThat(changed.campaign().armedAt()).isEqualTo(time);
        assertThat(runs.open(campaign.id(), time, RunState.PLANNING, null).orElseThrow().version()).isEqualTo(2);
    }

    @Test
    void keepsTheVersionOfARunThatHasBegunAndGivesTheNewOneToTheNext() {
        Campaign campaign = store(MONDAYS, "1").campaign();
        Run first = runs.open(campaign.id(), START, RunState.PLANNING, null).orElseThrow();

        Stored changed = store(MONDAYS, "2");
        Run second = runs.open(campaign.id(), START.plusSeconds(7), RunState.PLANNING, null).orElseThrow();

        assertThat(changed.consequence()).isEqualTo(Consequence.NEXT_RUNS);
        assertThat(runs.run(first.id()).orElseThrow().version()).isEqualTo(1);
        assertThat(second.version()).isEqualTo(2);
        assertThat(second.number()).isEqualTo(2);
    }

    @Test
    void opensARefusedRunAgainWhenTheFileIsCorrected() {
        Campaign campaign = store(NOW, "1").campaign();
        Run run = runs.open(campaign.id(), START, RunState.PLANNING, null).orElseThrow();
        assertThat(runs.move(run.id(), Set.of(RunState.PLANNING, RunState.PREFLIGHT), RunState.REFUSED,
                "row 3 has no first_name")).isTrue();
        assertThat(state(campaign)).isEqualTo(CampaignState.DRAFT);
        time = START.plusSeconds(600);

        Stored same = store(NOW, "1");
        Stored corrected = store(NOW, "2");

        assertThat(same.consequence()).isEqualTo(Consequence.NOTHING);
        assertThat(corrected.consequence()).isEqualTo(Consequence.REOPENED);
        assertThat(corrected.opened()).isNotNull();
        assertThat(corrected.opened().state()).isEqualTo(RunState.PLANNING);
        assertThat(corrected.opened().number()).isEqualTo(2);
        assertThat(corrected.opened().version()).isEqualTo(2);
        assertThat(corrected.campaign().state()).isEqualTo(CampaignState.RUNNING);
        assertThat(runs.run(run.id()).orElseThrow().reason()).isEqualTo("row 3 has no first_name");
        assertThat(runs.open(campaign.id(), START, RunState.PLANNING, null)).isEmpty();
    }

    @Test
    void opensARefusedRunAgainWhenItsCsvIsCorrectedAndOnlyThen() {
        Campaign campaign = store(NOW, "1").campaign();
        assertThat(campaigns.reopen(campaign.id())).isEmpty();
        Run run = runs.open(campaign.id(), START, RunState.PLANNING, null).orElseThrow();
        runs.move(run.id(), Set.of(RunState.PLANNING), RunState.REFUSED, "why");

        Run again = campaigns.reopen(campaign.id()).orElseThrow();

        assertThat(again.state()).isEqualTo(RunState.PLANNING);
        assertThat(again.number()).isEqualTo(2);
        assertThat(state(campaign)).isEqualTo(CampaignState.RUNNING);
        assertThat(campaigns.reopen(campaign.id())).isEmpty();
    }

    @Test
    void asksWhetherALateNewsletterShouldStillGo() {
        Campaign campaign = store(MONDAYS, "1").campaign();
        Run run = runs.open(campaign.id(), START, RunState.PLANNING, null).orElseThrow();
        runs.move(run.id(), Set.of(RunState.PLANNING), RunState.REFUSED, "why");
        assertThat(state(campaign)).isEqualTo(CampaignState.SCHEDULED);
        time = START.plus(Duration.ofDays(4));

        Stored corrected = store(MONDAYS, "2");

        assertThat(corrected.opened()).isNotNull();
        assertThat(corrected.opened().state()).isEqualTo(RunState.ASKING);
        Acted answered = campaigns.act(campaign.id(), Action.ANSWER_RUN);
        assertThat(answered.changed()).singleElement().extracting(Run::state).isEqualTo(RunState.PLANNING);
    }

    @Test
    void goesBackToItsScheduleWhenAQuestionIsAnsweredWithSkip() {
        Campaign campaign = store(MONDAYS, "1").campaign();
        runs.open(campaign.id(), START, RunState.ASKING, "3 h late");
        assertThat(state(campaign)).isEqualTo(CampaignState.RUNNING);

        Acted skipped = campaigns.act(campaign.id(), Action.ANSWER_SKIP);

        assertThat(skipped.campaign().state()).isEqualTo(CampaignState.SCHEDULED);
        assertThat(skipped.changed()).singleElement().extracting(Run::state).isEqualTo(RunState.CANCELLED);
        assertThatThrownBy(() -> campaigns.act(campaign.id(), Action.ANSWER_RUN)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("none of its runs asks");
    }

    @Test
    void countsASkippedFiringAsTheOneRun() {
        Campaign campaign = store(NOW, "1").campaign();

        Run skipped = runs.open(campaign.id(), START, RunState.CANCELLED, "5 h late, skipped").orElseThrow();

        assertThat(skipped.finishedAt()).isNotNull();
        assertThat(state(campaign)).isEqualTo(CampaignState.FINISHED);
        assertThat(runs.open(campaign.id(), START.plusSeconds(1), RunState.PLANNING, null)).isEmpty();
    }

    @Test
    void pausesAndResumesAHundredTimesWithoutLosingWhereItWas() {
        Campaign campaign = store(NOW, "1").campaign();
        Run run = runs.open(campaign.id(), START, RunState.PLANNING, null).orElseThrow();
        runs.move(run.id(), Set.of(RunState.PLANNING), RunState.PREFLIGHT, null);
        runs.preflighted(run.id(), 300);

        for (int i = 0; i < 100; i++) {
            campaigns.act(campaign.id(), Action.PAUSE);
            assertThat(runs.run(run.id()).orElseThrow().state()).isEqualTo(RunState.PAUSED);
            assertThat(runs.move(run.id(), Set.of(RunState.PREFLIGHT), RunState.RUNNING, null)).isFalse();
            campaigns.act(campaign.id(), Action.RESUME);
        }

        assertThat(runs.run(run.id()).orElseThrow()).satisfies(after -> {
            assertThat(after.state()).isEqualTo(RunState.PREFLIGHT);
            assertThat(after.pausedFrom()).isNull();
            assertThat(after.preflightN()).isEqualTo(300);
        });
        assertThat(state(campaign)).isEqualTo(CampaignState.RUNNING);
    }

    @Test
    void holdsFiringsWhilePaused() {
        Campaign campaign = store(MONDAYS, "1").campaign();
        campaigns.act(campaign.id(), Action.PAUSE);

        assertThat(runs.open(campaign.id(), START, RunState.PLANNING, null)).isEmpty();
        time = START.plusSeconds(90);
        Acted resumed = campaigns.act(campaign.id(), Action.RESUME);

        assertThat(resumed.campaign().state()).isEqualTo(CampaignState.SCHEDULED);
        assertThat(resumed.campaign().armedAt()).isEqualTo(time);
        assertThat(runs.open(campaign.id(), START, RunState.PLANNING, null)).isPresent();
    }

    @Test
    void cancelsOpenRunsAndStartsForThoseLeftOut() {
        Campaign campaign = store(NOW, "1").campaign();
        Run run = runs.open(campaign.id(), START, RunState.PLANNING, null).orElseThrow();

        Acted cancelled = campaigns.act(campaign.id(), Action.CANCEL);
        Acted started = campaigns.act(campaign.id(), Action.START_NEW);

        assertThat(cancelled.changed()).singleElement().satisfies(r -> {
            assertThat(r.id()).isEqualTo(run.id());
            assertThat(r.state()).isEqualTo(RunState.CANCELLED);
            assertThat(r.finishedAt()).isEqualTo(time);
        });
        assertThat(started.opened()).isNotNull();
        assertThat(started.opened().kind()).isEqualTo(RunKind.NEW);
        assertThat(started.campaign().state()).isEqualTo(CampaignState.RUNNING);
    }

    @Test
    void refusesWithTheReasonAndChangesNothing() {
        Campaign campaign = store(NOW, "1").campaign();
        Run run = runs.open(campaign.id(), START, RunState.PLANNING, null).orElseThrow();
        through(run, RunState.FINISHED);

        assertThat(campaigns.refusal(campaign.id(), Action.START))
                .hasValueSatisfying(why -> assertThat(why).contains("start --again"));
        assertThatThrownBy(() -> campaigns.act(campaign.id(), Action.START)).isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith("campaign " + name + ": it has run before");
        assertThat(campaigns.refusal(campaign.id(), Action.RESEND)).isEmpty();
        assertThat(runs.of(campaign.id())).hasSize(1);
    }

    @Test
    void opensRunsByHandOfTheKindThatWasAsked() {
        Campaign campaign = store(null, "1").campaign();

        Run first = campaigns.act(campaign.id(), Action.START).opened();
        through(first, RunState.FINISHED);
        Run again = campaigns.act(campaign.id(), Action.START_AGAIN).opened();
        through(again, RunState.FINISHED);
        Run resend = campaigns.act(campaign.id(), Action.RESEND).opened();

        assertThat(List.of(first.kind(), again.kind(), resend.kind())).containsExactly(RunKind.FIRST, RunKind.AGAIN,
                RunKind.RESEND);
        assertThat(runs.of(campaign.id())).extracting(Run::number).containsExactly(1, 2, 3);
        assertThat(runs.run(campaign.id(), 2).orElseThrow().id()).isEqualTo(again.id());
        assertThat(runs.inState(RunState.PLANNING)).contains(resend).doesNotContain(first, again);
        assertThat(runs.recent(1)).containsExactly(resend);
    }

    @Test
    void movesARunOnceAndOnlyAlongItsRoad() {
        Campaign campaign = store(NOW, "1").campaign();
        Run run = runs.open(campaign.id(), START, RunState.PLANNING, null).orElseThrow();

        assertThat(runs.move(run.id(), Set.of(RunState.PLANNING), RunState.PREFLIGHT, null)).isTrue();
        assertThat(runs.move(run.id(), Set.of(RunState.PLANNING), RunState.PREFLIGHT, null)).isFalse();
        assertThatThrownBy(() -> runs.move(run.id(), Set.of(RunState.PLANNING), RunState.RUNNING, null))
                .isInstanceOf(PermanentFault.class).hasMessageContaining("from planning to running");
        assertThat(runs.finish(run.id())).isFalse();
        runs.move(run.id(), Set.of(RunState.PREFLIGHT), RunState.RUNNING, null);
        assertThat(runs.finish(run.id())).isTrue();
        assertThat(state(campaign)).isEqualTo(CampaignState.FINISHED);
    }

    @Test
    void takesACampaignUpAgainWhenAFinishedRunHasARowToSend() {
        Campaign campaign = store(NOW, "1").campaign();
        Run run = runs.open(campaign.id(), START, RunState.PLANNING, null).orElseThrow();
        through(run, RunState.FINISHED);

        assertThat(runs.move(run.id(), Set.of(RunState.FINISHED), RunState.RUNNING, null)).isTrue();

        assertThat(state(campaign)).isEqualTo(CampaignState.RUNNING);
        assertThat(runs.run(run.id()).orElseThrow().finishedAt()).isNull();
    }

    @Test
    void neverMovesAPreflightMarkBack() {
        Run run = runs.open(store(NOW, "1").campaign().id(), START, RunState.PLANNING, null).orElseThrow();

        runs.preflighted(run.id(), 500);
        runs.preflighted(run.id(), 400);

        assertThat(runs.run(run.id()).orElseThrow().preflightN()).isEqualTo(500);
    }

    @Test
    void storesTimesInUtcWhateverTheZoneOfTheMachine() {
        Run run = runs.open(store(NOW, "1").campaign().id(), START, RunState.PLANNING, null).orElseThrow();

        LocalDateTime stored = jdbc.sql("select scheduled_for from run where id = ?").param(run.id().value())
                .query((rs, n) -> rs.getObject(1, LocalDateTime.class)).single();

        assertThat(stored.toInstant(ZoneOffset.UTC)).isEqualTo(START);
    }

    private void through(Run run, RunState last) {
        runs.move(run.id(), Set.of(RunState.PLANNING), RunState.PREFLIGHT, null);
        runs.move(run.id(), Set.of(RunState.PREFLIGHT), RunState.RUNNING, null);
        runs.move(run.id(), Set.of(RunState.RUNNING), last, null);
    }

    private CampaignState state(Campaign campaign) {
        return campaigns.find(campaign.id()).orElseThrow().state();
    }

    private Stored store(@Nullable Schedule schedule, String sha) {
        return campaigns.store(spec(schedule), sha.repeat(64), name + ".campaign.yaml", "source " + sha, Map.of());
    }

    private CampaignSpec spec(@Nullable Schedule schedule) {
        return new CampaignSpec(name, "a@b.example", null, "s", "a.html", null, List.of(), Map.of(),
                new CampaignSpec.Audience(name + ".csv", null, List.of(), Mode.ADD, List.of()), schedule, null,
                "standard",
                InDoubtPolicy.HOLD, Map.of(), Map.of());
    }
}
