package io.caravan.campaign;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import io.caravan.campaign.Again.Consequence;
import io.caravan.mail.CampaignState;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.PermanentFault;
import io.caravan.mail.RunState;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** How runs open, wait, and come to their end. */
class CampaignRunsTest extends CampaignFixture {

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
    void aRequestThatIsDoneAgainOpensNoSecondRun() {
        Campaign campaign = store(null, "1").campaign();
        through(campaigns.act(campaign.id(), Action.START).opened(), RunState.FINISHED);
        byte[] work = "0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

        Run again = campaigns.act(campaign.id(), Action.START_AGAIN, work).opened();
        through(again, RunState.FINISHED);
        Acted repeated = campaigns.act(campaign.id(), Action.START_AGAIN, work);

        assertThat(repeated.opened()).isNotNull().extracting(Run::id).isEqualTo(again.id());
        assertThat(campaigns.done(campaign.id(), work)).isPresent();
        assertThat(runs.of(campaign.id())).hasSize(2);
        runs.forgetRequests(java.time.Instant.parse("2100-01-01T00:00:00Z"));
        assertThat(campaigns.done(campaign.id(), work)).isEmpty();
    }

    @Test
    void aRequestThatWasRefusedMayBeLegalLater() {
        Campaign campaign = store(null, "1").campaign();
        Run first = campaigns.act(campaign.id(), Action.START).opened();
        byte[] work = "refused-at-first".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

        assertThatThrownBy(() -> campaigns.act(campaign.id(), Action.START_AGAIN, work))
                .isInstanceOf(InvalidInput.class);
        through(first, RunState.FINISHED);

        assertThat(campaigns.act(campaign.id(), Action.START_AGAIN, work).opened().number()).isEqualTo(2);
    }

    @Test
    void movesARunOnceAndOnlyAlongItsRoad() {
        Campaign campaign = store(NOW, "1").campaign();
        Run run = runs.open(campaign.id(), START, RunState.PLANNING, null).orElseThrow();

        assertThat(runs.move(run.id(), Set.of(RunState.PLANNING), RunState.PREFLIGHT, null)).isTrue();
        assertThat(runs.move(run.id(), Set.of(RunState.PLANNING), RunState.PREFLIGHT, null)).isFalse();
        assertThatThrownBy(() -> runs.move(run.id(), Set.of(RunState.PLANNING), RunState.RUNNING, null))
                .isInstanceOf(PermanentFault.class).hasMessageContaining("from planning to running");
        assertThat(runs.finish(run.id(), () -> false)).isFalse();
        runs.move(run.id(), Set.of(RunState.PREFLIGHT), RunState.RUNNING, null);
        assertThat(runs.finish(run.id(), () -> true)).as("a row waits").isFalse();
        assertThat(runs.run(run.id()).orElseThrow().state()).isEqualTo(RunState.RUNNING);
        assertThat(runs.finish(run.id(), () -> false)).isTrue();
        assertThatThrownBy(() -> runs.move(run.id(), Set.of(RunState.FINISHED), RunState.RUNNING, null))
                .as("only with its mail").isInstanceOf(PermanentFault.class);
        assertThat(state(campaign)).isEqualTo(CampaignState.FINISHED);
    }

    @Test
    void takesACampaignUpAgainWhenAFinishedRunHasARowToSend() {
        Campaign campaign = store(NOW, "1").campaign();
        Run run = runs.open(campaign.id(), START, RunState.PLANNING, null).orElseThrow();
        through(run, RunState.FINISHED);

        assertThat(runs.sendAgain(run.id(), _ -> false)).as("none").isEmpty();
        assertThat(runs.run(run.id()).orElseThrow().state()).isEqualTo(RunState.FINISHED);
        assertThat(runs.sendAgain(run.id(), _ -> true)).contains(Onward.NOW);

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
}
