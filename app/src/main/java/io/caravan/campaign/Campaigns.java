package io.caravan.campaign;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.data.jdbc.core.JdbcAggregateOperations;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.campaign.Again.Consequence;
import io.caravan.campaign.CampaignRules.Go;
import io.caravan.campaign.CampaignRules.Refused;
import io.caravan.campaign.CampaignRules.Situation;
import io.caravan.campaign.Stored.Change;
import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.CampaignSpec.Late;
import io.caravan.mail.CampaignSpec.Schedule;
import io.caravan.mail.CampaignState;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.PermanentFault;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;

/** Campaigns and their versions, and what people ask of them. Each public method is one transaction under the campaign's row lock. */
@Repository
public class Campaigns {

    private final CampaignRepository rows;
    private final VersionRepository versions;
    private final RunRepository runRows;
    private final JdbcAggregateOperations aggregates;
    private final TransactionTemplate transaction;
    private final InstantSource clock;
    private final Runs runs;
    private final CampaignRow row;
    private final Actions actions;

    Campaigns(CampaignRepository rows, VersionRepository versions, RunRepository runRows,
            JdbcAggregateOperations aggregates, TransactionTemplate transaction, InstantSource clock, Runs runs) {
        this.rows = rows;
        this.versions = versions;
        this.runRows = runRows;
        this.aggregates = aggregates;
        this.transaction = transaction;
        this.clock = clock;
        this.runs = runs;
        row = new CampaignRow(rows, versions, runRows, clock);
        actions = new Actions(runRows, runs, row);
    }

    public Optional<Campaign> find(String name) {
        return rows.findByName(name);
    }

    public Optional<Campaign> find(CampaignId id) {
        return rows.findById(id);
    }

    /** By name. */
    public List<Campaign> all() {
        return rows.findAllByOrderByName();
    }

    /**
     * A page of them, the newest first.
     *
     * @param part   of the name; "": all
     * @param before only those with a smaller id; {@code Long.MAX_VALUE} for the first page
     */
    public List<Campaign> page(String part, long before, int limit) {
        String like = "%" + part.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%";
        return rows.page(like, before, limit);
    }

    /** Changes whenever a campaign is made, gets a version or a state. */
    public String stamp() {
        return rows.stamp();
    }

    /** The versions in force of these campaigns. */
    public Map<CampaignId, Version> inForce(Collection<CampaignId> campaigns) {
        return campaigns.isEmpty()
                ? Map.of()
                : versions.inForce(campaigns).stream().map(VersionRow::version)
                        .collect(Collectors.toMap(Version::campaign, version -> version));
    }

    /** The header Froms, as written, of the newest {@code most} campaigns that are not over: what they have yet to send may be of nobody who ever sent. */
    public List<String> senders(int most) {
        return versions.senders(
                List.of(CampaignState.DRAFT, CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.PAUSED),
                most);
    }

    /** Versions with a smaller number, the newest first. */
    public List<Version> versions(CampaignId id, int before, int limit) {
        return versions.page(id, before, limit).stream().map(VersionRow::version).toList();
    }

    /** @throws PermanentFault if there is no such version */
    public Version version(CampaignId id, int version) {
        return versions.find(id, version).map(VersionRow::version)
                .orElseThrow(() -> new PermanentFault("campaign " + id + " has no version " + version));
    }

    /** The oldest first. */
    public List<Version> versions(CampaignId id) {
        return versions.of(id).stream().map(VersionRow::version).toList();
    }

    /**
     * Keeps a campaign file as a version, unless it equals the one in force.
     *
     * @param sha256   of the file and all that it names
     * @param contents file name to content id
     */
    public Stored store(CampaignSpec spec, String sha256, String file, String source, Map<String, Long> contents) {
        return Objects.requireNonNull(transaction.execute(status -> {
            rows.enter(spec.name(), runs.now());
            Campaign known = row.lock(find(spec.name()).orElseThrow().id());
            if (known.version() > 0 && version(known.id(), known.version()).sha256().equals(sha256)) {
                return new Stored(known, Change.UNCHANGED, known.version(), Consequence.NOTHING, null);
            }
            return changed(known, spec,
                    new Version(known.id(), known.version() + 1, sha256, file, source, spec, contents,
                            runs.now()));
        }));
    }

    /**
     * Opens the refused last run again, because something that it needs (its CSV) was corrected.
     *
     * @return the new run; empty if the last run was not refused, or the campaign runs, is paused or cancelled
     */
    public Optional<Run> reopen(CampaignId id) {
        return Objects.requireNonNull(transaction.execute(status -> {
            Campaign locked = row.lock(id);
            Schedule schedule = row.spec(locked).schedule();
            boolean reopens = Again.of(locked.state(), row.begun(id), row.lastRefused(id),
                    schedule) == Consequence.REOPENED;
            return reopens ? Optional.ofNullable(openAgain(locked, schedule)) : Optional.<Run>empty();
        }));
    }

    /** Why the action is not legal now; empty if it is. */
    public Optional<String> refusal(CampaignId id, Action action) {
        Campaign campaign = find(id).orElseThrow(() -> new PermanentFault("there is no campaign " + id));
        return CampaignRules.decide(situation(campaign), action) instanceof Refused refused
                ? Optional.of(refused.why())
                : Optional.empty();
    }

    /** The actions that are not legal now, each with the reason. */
    public Map<Action, String> refusals(CampaignId id) {
        Situation now = situation(find(id).orElseThrow(() -> new PermanentFault("there is no campaign " + id)));
        Map<Action, String> refusals = new EnumMap<>(Action.class);
        for (Action action : Action.values()) {
            if (CampaignRules.decide(now, action) instanceof Refused refused) {
                refusals.put(action, refused.why());
            }
        }
        return refusals;
    }

    /**
     * Does it.
     *
     * @throws InvalidInput if it is not legal now, with the reason
     */
    public Acted act(CampaignId id, Action action) {
        return act(id, action, null);
    }

    /**
     * Does it once, however often it is asked for: a request that is done again after a crash would else open a second run, and mail
     * everybody twice.
     *
     * @param work          16 bytes that name the request; null: it is asked for once
     * @throws InvalidInput if it was not done before and is not legal now, with the reason
     */
    public Acted act(CampaignId id, Action action, byte @Nullable [] work) {
        return Objects.requireNonNull(transaction.execute(status -> {
            Campaign locked = row.lock(id);
            Optional<Acted> before = work == null ? Optional.empty() : done(id, work);
            return before.orElseGet(() -> switch (CampaignRules.decide(situation(locked), action)) {
                case Refused refused -> throw new InvalidInput("campaign " + locked.name() + ": " + refused.why());
                case Go go -> {
                    Acted acted = actions.act(locked, action, go.next());
                    if (work != null) {
                        Run opened = acted.opened();
                        runRows.keepDone(work, id, opened == null ? null : opened.id(), clock.instant());
                    }
                    yield acted;
                }
            });
        }));
    }

    /** What this work did, as it stands now; empty if it was not done. */
    public Optional<Acted> done(CampaignId id, byte[] work) {
        return runRows.done(work, id).map(run -> new Acted(
                find(id).orElseThrow(() -> new PermanentFault("there is no campaign " + id)), List.of(),
                run == 0 ? null : runRows.findById(new RunId(run)).orElse(null)));
    }

    /**
     * Keeps that something is begun for this work which nothing can take back, before it is: what was {@linkplain #done done} since, nobody knows.
     *
     * @return false: it was begun before
     */
    public boolean begin(CampaignId id, byte[] work) {
        return runRows.keepBegun(work, id, clock.instant());
    }

    private Situation situation(Campaign campaign) {
        CampaignId id = campaign.id();
        return new Situation(campaign.state(), row.begun(id), row.open(id), row.asking(id),
                row.spec(campaign).schedule() != null);
    }

    private Stored changed(Campaign known, CampaignSpec spec, Version version) {
        boolean created = known.version() == 0;
        Consequence consequence = Again.of(created ? null : known.state(), row.begun(known.id()),
                row.lastRefused(known.id()),
                spec.schedule());
        aggregates.insert(VersionRow.of(version)); // never saved: a version does not change
        Campaign changed = rows
                .save(known.changed(Again.next(known.state(), consequence, spec.schedule()), version));
        runRows.renew(known.id(), version.version());
        Run opened = consequence == Consequence.REOPENED ? openAgain(changed, spec.schedule()) : null;
        return new Stored(find(known.id()).orElseThrow(), created ? Change.CREATED : Change.CHANGED, known.version(),
                consequence,
                opened);
    }

    /** Null: it waits for its time, or was to be skipped when late. */
    private @Nullable Run openAgain(Campaign campaign, @Nullable Schedule schedule) {
        RunState state = reopenedAs(campaign, schedule);
        if (state == null) {
            return null;
        }
        Run run = runs.insert(campaign, RunKind.FIRST, runs.unscheduled(campaign.id()), state,
                state == RunState.ASKING
                        ? "the run was refused, is corrected and later than its schedule allows"
                        : null);
        row.state(campaign, CampaignState.RUNNING);
        return run;
    }

    private @Nullable RunState reopenedAs(Campaign campaign, @Nullable Schedule schedule) {
        if (schedule == null || schedule.now()) {
            return RunState.PLANNING;
        }
        Instant now = runs.now();
        if (schedule.at() != null) {
            Instant at = schedule.at().atZone(schedule.zone()).withLaterOffsetAtOverlap().toInstant(); // as it fires
            return at.isAfter(now) ? null : RunState.PLANNING;
        }
        Instant missed = runs.latest(campaign.id()).orElseThrow().scheduledFor(); // Monday's news on Friday is a person's to decide
        if (!missed.plus(schedule.misfire().late()).isBefore(now) || schedule.misfire().then() == Late.RUN) {
            return RunState.PLANNING;
        }
        return schedule.misfire().then() == Late.ASK ? RunState.ASKING : null;
    }
}
