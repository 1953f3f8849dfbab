package io.caravan.campaign;

import java.util.List;
import java.util.Set;

import io.caravan.mail.CampaignState;
import io.caravan.mail.RunState;

/** Carries out what {@link CampaignRules} allowed, under the campaign's lock. */
final class Actions {

    private final RunRepository rows;
    private final Runs runs;
    private final CampaignRow row;

    Actions(RunRepository rows, Runs runs, CampaignRow row) {
        this.rows = rows;
        this.runs = runs;
        this.row = row;
    }

    Acted act(Campaign locked, Action action, CampaignState next) {
        List<Run> before = runs.of(locked.id());
        Run opened = switch (action) {
            case START -> open(locked, RunKind.FIRST);
            case START_AGAIN -> open(locked, RunKind.AGAIN);
            case START_NEW -> open(locked, RunKind.NEW);
            case RESEND -> open(locked, RunKind.RESEND);
            case PAUSE -> {
                rows.pause(locked.id(), RunRules.PAUSABLE);
                yield null;
            }
            case RESUME -> {
                resume(locked, next);
                yield null;
            }
            case CANCEL -> {
                end(locked, RunRules.OPEN, "cancelled by a person");
                yield null;
            }
            case ANSWER_RUN -> {
                rows.answer(locked.id());
                yield null;
            }
            case ANSWER_SKIP -> {
                end(locked, Set.of(RunState.ASKING), "skipped by a person");
                yield null;
            }
        };
        row.state(row.lock(locked.id()), next);
        if (action == Action.ANSWER_SKIP) {
            row.settle(row.lock(locked.id()), RunState.CANCELLED);
        }
        List<Run> changed = runs.of(locked.id()).stream()
                .filter(run -> before.stream().anyMatch(old -> old.id().equals(run.id()) && old.state() != run.state()))
                .toList();
        return new Acted(row.lock(locked.id()), changed, opened);
    }

    private Run open(Campaign locked, RunKind kind) {
        return runs.insert(locked, kind, runs.unscheduled(locked.id()), RunState.PLANNING, null);
    }

    private void resume(Campaign locked, CampaignState next) {
        rows.resume(locked.id());
        if (next == CampaignState.SCHEDULED) { // at: now means now, not when it was paused
            row.rearm(locked);
        }
    }

    private void end(Campaign locked, Set<RunState> states, String reason) {
        rows.end(locked.id(), states, reason, runs.now());
    }
}
