package io.caravan.campaign;

import java.util.EnumSet;
import java.util.Set;

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

    static boolean isOpen(RunState state) {
        return OPEN.contains(state);
    }
}
