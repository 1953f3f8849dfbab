package io.caravan.campaign;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.mail.CampaignId;
import io.caravan.mail.PermanentFault;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;

/**
 * The runs of campaigns. Every change of a state is a compare-and-set under the campaign's row lock, so that of two who want different
 * things one is told no; the campaign's own state follows in the same transaction.
 */
@Repository("runLedger")
public class Runs {

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final InstantSource clock;
    private final CampaignRow row;

    public Runs(JdbcClient jdbc, TransactionTemplate transaction, InstantSource clock) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.clock = clock;
        row = new CampaignRow(jdbc, clock);
    }

    /**
     * Opens the run of a firing. Empty if that firing has its run, if a one-time campaign has had its one run, or if the campaign is not
     * waiting for firings (draft, paused, cancelled): firing twice, on two nodes or after a crash, is harmless.
     *
     * @param initial      {@code PLANNING}; {@code ASKING} for a late firing that a person decides on; {@code CANCELLED} for a late one
     *                     that is skipped, which then counts as its run
     * @param scheduledFor the firing's time; to the microsecond
     */
    public Optional<Run> open(CampaignId campaign, Instant scheduledFor, RunState initial, @Nullable String reason) {
        if (initial != RunState.PLANNING && initial != RunState.ASKING && initial != RunState.CANCELLED) {
            throw new PermanentFault("a run cannot begin as " + initial.word());
        }
        return Objects.requireNonNull(transaction.execute(status -> {
            Campaign locked = row.lock(campaign);
            if (!waitsForFirings(locked) || firingHasRun(campaign, scheduledFor)) {
                return Optional.<Run>empty();
            }
            Run run = insert(locked, RunKind.FIRST, scheduledFor, initial, reason);
            row.settle(locked, run.state());
            return Optional.of(run);
        }));
    }

    public Optional<Run> run(RunId id) {
        return jdbc.sql("select * from run where id = ?").param(id.value()).query(Rows::run).optional();
    }

    /** By the number that people use within a campaign. */
    public Optional<Run> run(CampaignId campaign, int number) {
        return jdbc.sql("select * from run where campaign_id = ? and number = ?").params(campaign.value(), number)
                .query(Rows::run)
                .optional();
    }

    public Optional<Run> latest(CampaignId campaign) {
        return jdbc.sql("select * from run where campaign_id = ? order by number desc limit 1").param(campaign.value())
                .query(Rows::run)
                .optional();
    }

    /** In the order of their numbers. */
    public List<Run> of(CampaignId campaign) {
        return jdbc.sql("select * from run where campaign_id = ? order by number").param(campaign.value())
                .query(Rows::run).list();
    }

    public List<Run> inState(RunState... states) {
        return jdbc.sql("select * from run where state in (:states) order by id")
                .param("states", words(List.of(states)))
                .query(Rows::run).list();
    }

    /** Over for good, by the moment that they ended, oldest first. */
    public List<RunId> endedBefore(Instant moment) {
        return jdbc.sql(
                "select id from run where finished_at < ? and state in ('finished', 'cancelled', 'refused') order by id")
                .param(Rows.utc(moment)).query((rs, _) -> new RunId(rs.getLong(1))).list();
    }

    /** The newest first. */
    public List<Run> recent(int limit) {
        return jdbc.sql("select * from run order by id desc limit ?").param(limit).query(Rows::run).list();
    }

    /**
     * Moves a run on if it is in one of {@code from}. False: somebody else (a pause, a cancel) was first, and nothing changed.
     *
     * @param  reason         kept with the run; null clears it
     * @throws PermanentFault if {@code to} may never follow one of {@code from}
     */
    public boolean move(RunId id, Set<RunState> from, RunState to, @Nullable String reason) {
        for (RunState state : from) {
            if (to == RunState.PAUSED || state == RunState.PAUSED || !RunRules.after(state).contains(to)) {
                throw new PermanentFault("a run cannot go from " + state.word() + " to " + to.word() + " by itself");
            }
        }
        return Boolean.TRUE.equals(transaction.execute(status -> {
            Campaign locked = row
                    .lock(run(id).orElseThrow(() -> new PermanentFault("there is no run " + id)).campaign());
            boolean moved = jdbc.sql("""
                    update run set state = :to, reason = :reason, finished_at = :finished
                    where id = :id and state in (:from)""")
                    .param("to", to.word()).param("reason", reason)
                    .param("finished", RunRules.isOpen(to) ? null : Rows.utc(clock.instant()))
                    .param("id", id.value()).param("from", words(from)).update() == 1;
            if (moved) {
                row.settle(locked, to);
            }
            return moved;
        }));
    }

    /** No row is pending, sending or deferred any more. */
    public boolean finish(RunId id) {
        return move(id, Set.of(RunState.RUNNING), RunState.FINISHED, null);
    }

    /** Rows 1..n have been evaluated; a mark never goes back. */
    public void preflighted(RunId id, int n) {
        jdbc.sql("update run set preflight_n = greatest(preflight_n, ?) where id = ?").params(n, id.value()).update();
    }

    /** Under the campaign's lock. */
    Run insert(Campaign campaign, RunKind kind, Instant scheduledFor, RunState state, @Nullable String reason) {
        Instant now = clock.instant();
        jdbc.sql("""
                insert into run (campaign_id, number, version, kind, state, reason, scheduled_for, opened_at, finished_at)
                select :campaign, coalesce(max(number), 0) + 1, :version, :kind, :state, :reason, :firing, :now, :finished
                from run where campaign_id = :campaign""")
                .param("campaign", campaign.id().value()).param("version", campaign.version())
                .param("kind", kind.word())
                .param("state", state.word()).param("reason", reason).param("firing", Rows.utc(scheduledFor))
                .param("now", Rows.utc(now)).param("finished", RunRules.isOpen(state) ? null : Rows.utc(now)).update();
        return latest(campaign.id()).orElseThrow();
    }

    /** A firing of its own for a run that no schedule opens: now, or the first microsecond after it that no run stands for. */
    Instant unscheduled(CampaignId campaign) {
        Instant now = clock.instant();
        while (firingHasRun(campaign, now)) {
            now = now.plusNanos(1000);
        }
        return now;
    }

    private boolean firingHasRun(CampaignId campaign, Instant scheduledFor) {
        return jdbc.sql("select count(*) from run where campaign_id = ? and scheduled_for = ?")
                .params(campaign.value(), Rows.utc(scheduledFor)).query(Long.class).single() > 0;
    }

    private boolean waitsForFirings(Campaign campaign) {
        boolean recurring = Again.recurring(row.spec(campaign).schedule());
        return switch (campaign.state()) {
            case SCHEDULED -> recurring || !row.begun(campaign.id());
            case RUNNING -> recurring;
            case DRAFT, PAUSED, FINISHED, CANCELLED -> false;
        };
    }

    static List<String> words(Collection<RunState> states) {
        return states.stream().map(RunState::word).toList();
    }
}
