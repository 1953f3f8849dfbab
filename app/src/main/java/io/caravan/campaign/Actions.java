package io.caravan.campaign;

import java.time.InstantSource;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.mail.CampaignState;
import io.caravan.mail.RunState;

/** Carries out what {@link CampaignRules} allowed, under the campaign's lock. */
final class Actions {

    private final JdbcClient jdbc;
    private final InstantSource clock;
    private final Runs runs;
    private final CampaignRow row;

    Actions(JdbcClient jdbc, InstantSource clock, Runs runs, CampaignRow row) {
        this.jdbc = jdbc;
        this.clock = clock;
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
                pause(locked);
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
                jdbc.sql("update run set state = 'planning', reason = null where campaign_id = ? and state = 'asking'")
                        .param(locked.id().value()).update();
                yield null;
            }
            case ANSWER_SKIP -> {
                end(locked, Set.of(RunState.ASKING), "skipped by a person");
                yield null;
            }
        };
        row.state(locked, next);
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

    private void pause(Campaign locked) {
        // left to right: the state is remembered before it is overwritten
        jdbc.sql("update run set paused_from = state, state = 'paused' where campaign_id = :id and state in (:states)")
                .param("id", locked.id().value()).param("states", Runs.words(RunRules.PAUSABLE)).update();
    }

    private void resume(Campaign locked, CampaignState next) {
        jdbc.sql("update run set state = paused_from, paused_from = null where campaign_id = ? and state = 'paused'")
                .param(locked.id().value()).update();
        if (next == CampaignState.SCHEDULED) { // at: now means now, not when it was paused
            jdbc.sql("update campaign set armed_at = ? where id = ?")
                    .params(Rows.utc(clock.instant()), locked.id().value()).update();
        }
    }

    private void end(Campaign locked, Set<RunState> states, @Nullable String reason) {
        jdbc.sql("""
                update run set state = 'cancelled', paused_from = null, reason = :reason, finished_at = :now
                where campaign_id = :id and state in (:states)""")
                .param("reason", reason).param("now", Rows.utc(clock.instant())).param("id", locked.id().value())
                .param("states", Runs.words(states)).update();
    }
}
