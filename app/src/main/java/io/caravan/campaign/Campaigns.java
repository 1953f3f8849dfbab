package io.caravan.campaign;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
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
import io.caravan.mail.RunState;

/** Campaigns and their versions, and what people ask of them. Each public method is one transaction under the campaign's row lock. */
@Repository
public class Campaigns {

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final InstantSource clock;
    private final Runs runs;
    private final CampaignRow row;
    private final Actions actions;

    public Campaigns(JdbcClient jdbc, TransactionTemplate transaction, InstantSource clock, Runs runs) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.clock = clock;
        this.runs = runs;
        row = new CampaignRow(jdbc, clock);
        actions = new Actions(jdbc, clock, runs, row);
    }

    public Optional<Campaign> find(String name) {
        return jdbc.sql("select * from campaign where name = ?").param(name).query(Rows::campaign).optional();
    }

    public Optional<Campaign> find(CampaignId id) {
        return jdbc.sql("select * from campaign where id = ?").param(id.value()).query(Rows::campaign).optional();
    }

    /** By name. */
    public List<Campaign> all() {
        return jdbc.sql("select * from campaign order by name").query(Rows::campaign).list();
    }

    /** @throws PermanentFault if there is no such version */
    public Version version(CampaignId id, int version) {
        return jdbc.sql("select * from campaign_version where campaign_id = ? and version = ?")
                .params(id.value(), version)
                .query(Rows::version).optional()
                .orElseThrow(() -> new PermanentFault("campaign " + id + " has no version " + version));
    }

    /** The oldest first. */
    public List<Version> versions(CampaignId id) {
        return jdbc.sql("select * from campaign_version where campaign_id = ? order by version").param(id.value())
                .query(Rows::version)
                .list();
    }

    /**
     * Keeps a campaign file as a version, unless it equals the one in force.
     *
     * @param sha256   of the file and all that it names
     * @param contents file name to content id
     */
    public Stored store(CampaignSpec spec, String sha256, String file, String source, Map<String, Long> contents) {
        return Objects.requireNonNull(transaction.execute(status -> {
            // a row to lock even for a new name; version 0 tells it from a known one
            jdbc.sql("""
                    insert ignore into campaign (name, state, version, armed_at, created_at, updated_at)
                    values (:name, 'draft', 0, :now, :now, :now)""")
                    .param("name", spec.name()).param("now", Rows.utc(clock.instant())).update();
            Campaign known = row.lock(find(spec.name()).orElseThrow().id());
            if (known.version() > 0 && version(known.id(), known.version()).sha256().equals(sha256)) {
                return new Stored(known, Change.UNCHANGED, known.version(), Consequence.NOTHING, null);
            }
            return changed(known, spec,
                    new Version(known.id(), known.version() + 1, sha256, file, source, spec, contents,
                            clock.instant()));
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

    /**
     * Does it.
     *
     * @throws InvalidInput if it is not legal now, with the reason
     */
    public Acted act(CampaignId id, Action action) {
        return Objects.requireNonNull(transaction.execute(status -> {
            Campaign locked = row.lock(id);
            return switch (CampaignRules.decide(situation(locked), action)) {
                case Refused refused -> throw new InvalidInput("campaign " + locked.name() + ": " + refused.why());
                case Go go -> actions.act(locked, action, go.next());
            };
        }));
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
        insert(version);
        jdbc.sql("update campaign set state = ?, version = ?, armed_at = ?, updated_at = ? where id = ?")
                .params(Again.next(known.state(), consequence, spec.schedule()).word(), version.version(),
                        Rows.utc(version.createdAt()), Rows.utc(version.createdAt()), known.id().value())
                .update();
        // a run that only asks has not begun
        jdbc.sql("update run set version = ? where campaign_id = ? and (state = 'asking' or paused_from = 'asking')")
                .params(version.version(), known.id().value()).update();
        Run opened = consequence == Consequence.REOPENED
                ? openAgain(find(known.id()).orElseThrow(), spec.schedule())
                : null;
        return new Stored(find(known.id()).orElseThrow(), created ? Change.CREATED : Change.CHANGED, known.version(),
                consequence,
                opened);
    }

    private void insert(Version version) {
        jdbc.sql("""
                insert into campaign_version (campaign_id, version, sha256, file, source, spec, contents, created_at)
                values (?, ?, ?, ?, ?, ?, ?, ?)""")
                .params(version.campaign().value(), version.version(), version.sha256(), version.file(),
                        version.source(),
                        SpecJson.write(version.spec()), SpecJson.write(version.contents()),
                        Rows.utc(version.createdAt()))
                .update();
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
        Instant now = clock.instant();
        if (schedule.at() != null) {
            return schedule.at().atZone(schedule.zone()).toInstant().isAfter(now) ? null : RunState.PLANNING;
        }
        Instant missed = runs.latest(campaign.id()).orElseThrow().scheduledFor(); // Monday's news on Friday is a person's to decide
        if (!missed.plus(schedule.misfire().late()).isBefore(now) || schedule.misfire().then() == Late.RUN) {
            return RunState.PLANNING;
        }
        return schedule.misfire().then() == Late.ASK ? RunState.ASKING : null;
    }
}
