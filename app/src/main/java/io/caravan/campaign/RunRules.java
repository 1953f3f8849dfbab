package io.caravan.campaign;

import java.util.EnumSet;
import java.util.Set;

import io.caravan.mail.CampaignState;
import io.caravan.mail.RunState;

/** Which state of a run may follow which. */
final class RunRules {

    /** Rows may still change by themselves or wait for a person. */
    static final Set<RunState> OPEN = Set
            .copyOf(EnumSet.of(RunState.PLANNING, RunState.PREFLIGHT, RunState.ASKING, RunState.RUNNING,
                    RunState.PAUSED));
    static final Set<RunState> PAUSABLE = Set.copyOf(EnumSet.of(RunState.PLANNING, RunState.PREFLIGHT, RunState.ASKING,
            RunState.RUNNING));

    private RunRules() {
    }

    static Set<RunState> after(RunState state) {
        return switch (state) {
            case ASKING -> EnumSet.of(RunState.PLANNING, RunState.PAUSED, RunState.CANCELLED);
            case PLANNING -> EnumSet.of(RunState.PREFLIGHT, RunState.REFUSED, RunState.PAUSED, RunState.CANCELLED);
            case PREFLIGHT -> EnumSet.of(RunState.RUNNING, RunState.REFUSED, RunState.PAUSED, RunState.CANCELLED);
            case RUNNING -> EnumSet.of(RunState.FINISHED, RunState.PAUSED, RunState.CANCELLED);
            case PAUSED -> EnumSet.of(RunState.PLANNING, RunState.PREFLIGHT, RunState.ASKING, RunState.RUNNING,
                    RunState.CANCELLED);
            case FINISHED -> EnumSet.of(RunState.RUNNING); // a row in doubt is to be sent again
            case REFUSED, CANCELLED -> EnumSet.noneOf(RunState.class);
        };
    }

    /** A run that is finished goes on for mail that is sent again, but never in spite of whoever stopped its campaign since. */
    static Onward onward(RunState run, CampaignState campaign) {
        return switch (run) {
            case PLANNING, PREFLIGHT, ASKING, RUNNING -> Onward.NOW;
            case PAUSED -> Onward.WHEN_RESUMED;
            case REFUSED, CANCELLED -> Onward.RUN_CANCELLED;
            case FINISHED -> switch (campaign) {
                case PAUSED -> Onward.WHEN_RESUMED;
                case CANCELLED -> Onward.CAMPAIGN_CANCELLED;
                case DRAFT, SCHEDULED, RUNNING, FINISHED -> Onward.NOW;
            };
        };
    }

    static boolean isOpen(RunState state) {
        return OPEN.contains(state);
    }
}
