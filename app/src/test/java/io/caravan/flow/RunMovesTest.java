package io.caravan.flow;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.caravan.campaign.Action;
import io.caravan.campaign.Run;
import io.caravan.delivery.Batches;
import io.caravan.delivery.Planned;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;
import io.caravan.mail.TemporaryFault;
import io.caravan.pacing.Lanes;
import io.caravan.rendering.MailLimits;
import io.caravan.rendering.Person;
import io.caravan.shaping.WarmUp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What keeps a run from its next move, and whom that concerns, on a real database. */
class RunMovesTest extends RunMovesFixture {

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

    /** Two nodes: while the one reads the domains of the first run, the second is opened, and the other begins to plan that. */
    @Test
    void whoseRunIsCancelledBeforeItsFirstRowIsNewInTheNext() {
        campaigns.act(campaign, Action.CANCEL);
        Run next = started(campaign, Action.START_NEW);
        beforePlan = _ -> assertThatThrownBy(() -> planned(run)).isInstanceOf(TemporaryFault.class);

        steps.advance();

        assertThat(counts.of(next.id())).containsEntry(RowState.PENDING, 3L);
        assertThat(counts.of(run.id()).values()).containsOnly(0L);
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
}
