package io.caravan.campaign;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.CampaignSpec.Schedule;
import io.caravan.mail.CampaignState;

/**
 * What a changed file of a known name does, by how far the campaign has come: it changes what has not begun; a one-time campaign opens one
 * run, ever; a run that was refused has sent nothing and is opened again.
 */
public final class Again {

    /** What follows from storing a campaign file. */
    public enum Consequence {
        /** The same file: nothing. */
        NOTHING,
        /** It has no schedule and waits for a start. */
        WAITS_FOR_START,
        /** It waits for its time. */
        SCHEDULED,
        /** A run goes on with the version that it began with; the next runs take this one. */
        NEXT_RUNS,
        /** Its one run has begun: kept as a version, opens no run. */
        VERSION_ONLY,
        /** Its last run was refused and is opened again. */
        REOPENED,
        /** Kept as the version in force, but the campaign stays paused. */
        STAYS_PAUSED,
        /** Kept as the version in force, but the campaign stays cancelled. */
        STAYS_CANCELLED
    }

    private Again() {
    }

    /**
     * @param state    null: a new campaign
     * @param begun    it has a run that was not refused
     * @param refused  its last run was refused
     * @param schedule of the new file; null: a draft
     */
    static Consequence of(@Nullable CampaignState state, boolean begun, boolean refused, @Nullable Schedule schedule) {
        if (state == null) {
            return waiting(schedule);
        }
        boolean recurring = recurring(schedule);
        return switch (state) {
            case PAUSED -> Consequence.STAYS_PAUSED;
            case CANCELLED -> Consequence.STAYS_CANCELLED;
            case RUNNING -> recurring ? Consequence.NEXT_RUNS : Consequence.VERSION_ONLY;
            case DRAFT, SCHEDULED, FINISHED -> {
                if (begun && !recurring) {
                    yield Consequence.VERSION_ONLY;
                }
                yield refused ? Consequence.REOPENED : waiting(schedule);
            }
        };
    }

    /** The state after it, unless a run is opened. */
    static CampaignState next(CampaignState state, Consequence consequence, @Nullable Schedule schedule) {
        return switch (consequence) {
            case WAITS_FOR_START -> CampaignState.DRAFT;
            case SCHEDULED -> CampaignState.SCHEDULED;
            case REOPENED -> schedule == null ? CampaignState.DRAFT : CampaignState.SCHEDULED;
            case VERSION_ONLY -> state == CampaignState.RUNNING ? state : CampaignState.FINISHED;
            case NOTHING, NEXT_RUNS, STAYS_PAUSED, STAYS_CANCELLED -> state;
        };
    }

    static boolean recurring(@Nullable Schedule schedule) {
        return schedule != null && schedule.cron() != null;
    }

    private static Consequence waiting(@Nullable Schedule schedule) {
        return schedule == null ? Consequence.WAITS_FOR_START : Consequence.SCHEDULED;
    }
}
