package io.caravan.campaign;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.caravan.campaign.CampaignRules.Go;
import io.caravan.campaign.CampaignRules.Refused;
import io.caravan.campaign.CampaignRules.Situation;
import io.caravan.mail.CampaignState;
import io.caravan.mail.RunState;

import static io.caravan.campaign.Action.ANSWER_RUN;
import static io.caravan.campaign.Action.ANSWER_SKIP;
import static io.caravan.campaign.Action.CANCEL;
import static io.caravan.campaign.Action.PAUSE;
import static io.caravan.campaign.Action.RESEND;
import static io.caravan.campaign.Action.RESUME;
import static io.caravan.campaign.Action.START;
import static io.caravan.campaign.Action.START_AGAIN;
import static io.caravan.campaign.Action.START_NEW;
import static io.caravan.mail.CampaignState.CANCELLED;
import static io.caravan.mail.CampaignState.DRAFT;
import static io.caravan.mail.CampaignState.FINISHED;
import static io.caravan.mail.CampaignState.PAUSED;
import static io.caravan.mail.CampaignState.RUNNING;
import static io.caravan.mail.CampaignState.SCHEDULED;
import static org.assertj.core.api.Assertions.assertThat;

class CampaignRulesTest {

    private static final Map<CampaignState, Set<Action>> BEFORE_ANY_RUN = Map.of(
            DRAFT, EnumSet.of(START, CANCEL),
            SCHEDULED, EnumSet.of(START, PAUSE, CANCEL),
            RUNNING, EnumSet.of(PAUSE, CANCEL),
            PAUSED, EnumSet.of(RESUME, CANCEL),
            FINISHED, EnumSet.of(START),
            CANCELLED, EnumSet.of(START));
    private static final Map<CampaignState, Set<Action>> AFTER_A_RUN = Map.of(
            DRAFT, EnumSet.of(START_AGAIN, START_NEW, RESEND, CANCEL),
            SCHEDULED, EnumSet.of(START_AGAIN, START_NEW, RESEND, PAUSE, CANCEL),
            RUNNING, EnumSet.of(PAUSE, CANCEL),
            PAUSED, EnumSet.of(RESUME, CANCEL),
            FINISHED, EnumSet.of(START_AGAIN, START_NEW, RESEND),
            CANCELLED, EnumSet.of(START_AGAIN, START_NEW, RESEND));

    @Test
    void allowsExactlyWhatTheTableSaysAndGivesAReasonForTheRest() {
        for (CampaignState state : CampaignState.values()) {
            for (Action action : Action.values()) {
                for (boolean begun : new boolean[]{false, true}) {
                    for (boolean asking : new boolean[]{false, true}) {
                        for (boolean scheduled : new boolean[]{false, true}) {
                            Situation now = new Situation(state, begun, asking || state == RUNNING, asking, scheduled);

                            var decision = CampaignRules.decide(now, action);

                            boolean legal = action == ANSWER_RUN || action == ANSWER_SKIP
                                    ? asking && state != PAUSED
                                    : (begun ? AFTER_A_RUN : BEFORE_ANY_RUN).get(state).contains(action);
                            if (legal) {
                                assertThat(decision).as("%s in %s", action, now).isEqualTo(new Go(next(now, action)));
                            } else {
                                assertThat(decision).as("%s in %s", action, now).isInstanceOfSatisfying(Refused.class,
                                        refused -> assertThat(refused.why()).contains(" ").hasSizeGreaterThan(15));
                            }
                        }
                    }
                }
            }
        }
    }

    private static CampaignState next(Situation now, Action action) {
        return switch (action) {
            case START, START_AGAIN, START_NEW, RESEND, ANSWER_RUN, ANSWER_SKIP -> RUNNING;
            case PAUSE -> PAUSED;
            case CANCEL -> CANCELLED;
            case RESUME -> now.open() ? RUNNING : now.scheduled() ? SCHEDULED : DRAFT;
        };
    }

    @Test
    void settlesTheCampaignAfterItsRuns() {
        for (CampaignState state : CampaignState.values()) {
            for (boolean recurring : new boolean[]{false, true}) {
                for (boolean refused : new boolean[]{false, true}) {
                    CampaignState over = CampaignRules.settled(state, false, recurring, refused);
                    CampaignState open = CampaignRules.settled(state, true, recurring, refused);

                    assertThat(over)
                            .isEqualTo(state != RUNNING ? state : recurring ? SCHEDULED : refused ? DRAFT : FINISHED);
                    assertThat(open).isEqualTo(state == PAUSED || state == CANCELLED ? state : RUNNING);
                }
            }
        }
    }

    @Test
    void letsNoRunLeaveItsEnd() {
        assertThat(RunRules.after(RunState.REFUSED)).isEmpty();
        assertThat(RunRules.after(RunState.CANCELLED)).isEmpty();
        assertThat(RunRules.after(RunState.FINISHED)).containsExactly(RunState.RUNNING);
        for (RunState state : RunState.values()) {
            assertThat(RunRules.after(state)).as("%s", state).doesNotContain(state);
            assertThat(RunRules.after(state).contains(RunState.PAUSED)).as("%s", state)
                    .isEqualTo(RunRules.PAUSABLE.contains(state));
            assertThat(RunRules.after(state).contains(RunState.CANCELLED)).as("%s", state)
                    .isEqualTo(RunRules.isOpen(state));
            if (RunRules.after(state).contains(RunState.RUNNING)) { // nothing runs that was not planned and tried
                assertThat(state).isIn(RunState.PREFLIGHT, RunState.PAUSED, RunState.FINISHED);
            }
        }
    }

    @Test
    void sendsNothingAgainOfWhatAPersonStopped() {
        for (CampaignState campaign : CampaignState.values()) {
            for (RunState run : RunState.values()) {
                Onward onward = RunRules.onward(run, campaign);
                assertThat(onward == Onward.NOW).as("%s of %s", run, campaign).isEqualTo(switch (run) {
                    case PAUSED, CANCELLED, REFUSED -> false;
                    case FINISHED -> campaign != PAUSED && campaign != CANCELLED;
                    default -> true;
                });
            }
        }
    }
}
