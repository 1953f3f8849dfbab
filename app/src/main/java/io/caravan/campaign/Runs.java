package io.caravan.campaign;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
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

    private static final Set<RunState> OVER = Set.of(RunState.FINISHED, RunState.CANCELLED, RunState.REFUSED);

    private final RunRepository rows;
    private final TransactionTemplate transaction;
    private final InstantSource clock;
    private final CampaignRow row;

    Runs(RunRepository rows, CampaignRepository campaigns, VersionRepository versions, TransactionTemplate transaction,
            InstantSource clock) {
        this.rows = rows;
        this.transaction = transaction;
        this.clock = clock;
        row = new CampaignRow(campaigns, versions, rows, clock);
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

    /** Forgets what requests before that moment opened: whoever comes with one of them again asks anew. */
    public void forgetRequests(Instant moment) {
        rows.forgetDone(moment);
    }

    public Optional<Run> run(RunId id) {
        return rows.findById(id);
    }

    /** By the number that people use within a campaign. */
    public Optional<Run> run(CampaignId campaign, int number) {
        return rows.findByCampaignAndNumber(campaign, number);
    }

    public Optional<Run> latest(CampaignId campaign) {
        return rows.findFirstByCampaignOrderByNumberDesc(campaign);
    }

    /** The last run of each of these campaigns that has one. */
    public Map<CampaignId, Run> latest(Collection<CampaignId> campaigns) {
        return campaigns.isEmpty()
                ? Map.of()
                : rows.latest(campaigns).stream().collect(Collectors.toMap(Run::campaign, run -> run));
    }

    /** Those with a smaller number, the newest first. */
    public List<Run> page(CampaignId campaign, int before, int limit) {
        return rows.findByCampaignAndNumberLessThanOrderByNumberDesc(campaign, before, Limit.of(limit));
    }

    /**
     * The newest first.
     *
     * @param campaign null: of all
     * @param state    null: in any
     * @param before   only runs with a smaller id
     */
    public List<Run> page(@Nullable CampaignId campaign, @Nullable RunState state, long before, int limit) {
        return rows.page(campaign == null ? null : campaign.value(), state == null ? null : state.word(), before,
                limit);
    }

    /** In the order of their numbers. */
    public List<Run> of(CampaignId campaign) {
        return rows.findByCampaignOrderByNumber(campaign);
    }

    /** Those that send, oldest first. */
    public List<Run> running() {
        return rows.running();
    }

    public List<Run> inState(RunState... states) {
        return rows.findByStateInOrderById(List.of(states));
    }

    /** Over for good, and their end was before the moment; oldest first. */
    public List<RunId> endedBefore(Instant moment) {
        return rows.findByStateInAndFinishedAtBeforeOrderById(OVER, moment).stream().map(Run::id).toList();
    }

    /** The newest first. */
    public List<Run> recent(int limit) {
        return rows.findByOrderByIdDesc(Limit.of(limit));
    }

    /**
     * Moves a run on if it is in one of {@code from}. False: somebody else (a pause, a cancel) was first, and nothing changed.
     *
     * @param  reason         kept with the run; null clears it
     * @throws PermanentFault if {@code to} may never follow one of {@code from}
     */
    public boolean move(RunId id, Set<RunState> from, RunState to, @Nullable String reason) {
        for (RunState state : from) {
            if (to == RunState.PAUSED || state == RunState.PAUSED || state == RunState.FINISHED
                    || !RunRules.after(state).contains(to)) {
                throw new PermanentFault("a run cannot go from " + state.word() + " to " + to.word() + " by itself");
            }
        }
        return Boolean.TRUE.equals(transaction.execute(status -> {
            Campaign locked = row.lock(known(id).campaign());
            boolean moved = rows.move(id, from, to, reason, RunRules.isOpen(to) ? null : now());
            if (moved) {
                row.settle(locked, to);
            }
            return moved;
        }));
    }

    /**
     * No row is pending, sending or deferred any more.
     *
     * @param waits asked under the campaign's lock: whoever {@linkplain #sendAgain sends again} is seen, or finds the run finished
     */
    public boolean finish(RunId id, BooleanSupplier waits) {
        return Boolean.TRUE.equals(transaction.execute(status -> {
            boolean finished = move(id, Set.of(RunState.RUNNING), RunState.FINISHED, known(id).reason())
                    && !waits.getAsBoolean();
            if (!finished) {
                status.setRollbackOnly();
            }
            return finished;
        }));
    }

    /**
     * Mail of a run is to be sent again: in one transaction a run that was finished goes on, or waits with its paused campaign, and its rows
     * wait again. After a crash both are done or neither. The run comes first, in the order in which claims lock.
     *
     * @param mail moves the rows, or cancels them if they do not go; false: there are none, and nothing changes
     * @return empty if there were none
     */
    public Optional<Onward> sendAgain(RunId id, Predicate<Onward> mail) {
        return Objects.requireNonNull(transaction.execute(status -> {
            Campaign locked = row.lock(known(id).campaign());
            RunState state = known(id).state();
            Onward onward = RunRules.onward(state, locked.state());
            if (state == RunState.FINISHED && onward.goes()) {
                goOn(id, locked, onward);
            }
            if (!mail.test(onward)) {
                status.setRollbackOnly();
                return Optional.<Onward>empty();
            }
            return Optional.of(onward);
        }));
    }

    private void goOn(RunId id, Campaign locked, Onward onward) {
        if (onward == Onward.NOW) {
            rows.goOn(id, RunState.RUNNING, null);
            row.settle(locked, RunState.RUNNING);
        } else {
            rows.goOn(id, RunState.PAUSED, RunState.RUNNING);
        }
    }

    private Run known(RunId id) {
        return run(id).orElseThrow(() -> new PermanentFault("there is no run " + id));
    }

    /** Says with the run why it stands where it does, null for nothing. False: something else was said since this one was read. */
    public boolean note(Run read, @Nullable String reason) {
        return rows.note(read.id(), read.reason(), reason);
    }

    /** Rows 1..n have been evaluated; a mark never goes back. */
    public void preflighted(RunId id, int n) {
        rows.preflighted(id, n);
    }

    /** Under the campaign's lock. */
    Run insert(Campaign campaign, RunKind kind, Instant scheduledFor, RunState state, @Nullable String reason) {
        Instant now = now();
        rows.insert(campaign.id(), campaign.version(), kind, state, reason, micros(scheduledFor), now,
                RunRules.isOpen(state) ? null : now);
        return latest(campaign.id()).orElseThrow();
    }

    /** A firing of its own for a run that no schedule opens: now, or the first microsecond after it that no run stands for. */
    Instant unscheduled(CampaignId campaign) {
        Instant now = now();
        while (firingHasRun(campaign, now)) {
            now = now.plusNanos(1000);
        }
        return now;
    }

    private boolean firingHasRun(CampaignId campaign, Instant scheduledFor) {
        return rows.existsByCampaignAndScheduledFor(campaign, micros(scheduledFor));
    }

    private boolean waitsForFirings(Campaign campaign) {
        boolean recurring = Again.recurring(row.spec(campaign).schedule());
        return switch (campaign.state()) {
            case SCHEDULED -> recurring || !row.begun(campaign.id());
            case RUNNING -> recurring;
            case DRAFT, PAUSED, FINISHED, CANCELLED -> false;
        };
    }

    /** As exact as the columns are. */
    Instant now() {
        return micros(clock.instant());
    }

    private static Instant micros(Instant moment) {
        return moment.truncatedTo(ChronoUnit.MICROS);
    }
}
