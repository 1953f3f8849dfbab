package io.caravan.campaign;

import java.time.ZoneOffset;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.caravan.campaign.Again.Consequence;
import io.caravan.mail.CampaignSpec.Misfire;
import io.caravan.mail.CampaignSpec.Schedule;
import io.caravan.mail.CampaignState;

import static org.assertj.core.api.Assertions.assertThat;

class AgainTest {

    private static final Schedule ONCE = new Schedule(true, null, null, ZoneOffset.UTC, Misfire.DEFAULT);
    private static final Schedule WEEKLY = new Schedule(false, null, "0 0 9 ? * MON", ZoneOffset.UTC, Misfire.DEFAULT);

    @Test
    void changesOnlyWhatHasNotBegun() {
        for (CampaignState state : CampaignState.values()) {
            for (boolean begun : new boolean[]{false, true}) {
                for (boolean refused : new boolean[]{false, true}) {
                    for (Schedule schedule : new Schedule[]{null, ONCE, WEEKLY}) {
                        Consequence consequence = Again.of(state, begun, refused, schedule);

                        assertThat(consequence).as("%s begun=%s refused=%s %s", state, begun, refused, schedule)
                                .isEqualTo(expected(state, begun, refused, schedule));
                    }
                }
            }
        }
    }

    private static Consequence expected(CampaignState state, boolean begun, boolean refused,
            @Nullable Schedule schedule) {
        if (state == CampaignState.PAUSED) {
            return Consequence.STAYS_PAUSED;
        }
        if (state == CampaignState.CANCELLED) {
            return Consequence.STAYS_CANCELLED;
        }
        if (state == CampaignState.RUNNING) {
            return schedule == WEEKLY ? Consequence.NEXT_RUNS : Consequence.VERSION_ONLY;
        }
        if (begun && schedule != WEEKLY) {
            return Consequence.VERSION_ONLY;
        }
        if (refused) {
            return Consequence.REOPENED;
        }
        return schedule == null ? Consequence.WAITS_FOR_START : Consequence.SCHEDULED;
    }

    @Test
    void takesANewCampaignByItsSchedule() {
        assertThat(Again.of(null, false, false, null)).isEqualTo(Consequence.WAITS_FOR_START);
        assertThat(Again.of(null, false, false, ONCE)).isEqualTo(Consequence.SCHEDULED);
        assertThat(Again.of(null, false, false, WEEKLY)).isEqualTo(Consequence.SCHEDULED);
    }

    @Test
    void leavesNoOneTimeCampaignWaitingForAFiringThatOpensNothing() {
        for (CampaignState state : CampaignState.values()) {
            CampaignState next = Again.next(state, Consequence.VERSION_ONLY, ONCE);

            assertThat(next).isEqualTo(state == CampaignState.RUNNING ? CampaignState.RUNNING : CampaignState.FINISHED);
        }
        assertThat(Again.next(CampaignState.DRAFT, Consequence.SCHEDULED, ONCE)).isEqualTo(CampaignState.SCHEDULED);
        assertThat(Again.next(CampaignState.SCHEDULED, Consequence.WAITS_FOR_START, null))
                .isEqualTo(CampaignState.DRAFT);
    }
}
