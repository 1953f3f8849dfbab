package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.campaign.Timetable;
import io.caravan.campaign.Timetable.Entry;
import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignSpec.Schedule;
import io.caravan.mail.CampaignState;
import io.caravan.mail.InvalidInput;
import io.caravan.scheduling.CampaignDue;
import io.caravan.scheduling.Firings;
import io.caravan.scheduling.Schedules;
import io.caravan.scheduling.Schedules.Standing;

/**
 * The schedules for people: how each stands, and what they may ask of it.
 *
 * <p>A schedule's pause is not its campaign's. It keeps back the firings that are to come and nothing else: a run that is under way goes on,
 * and whoever pauses and resumes the campaign does not set off a schedule that somebody else has stopped. It lives in Quartz's store.
 */
@Component
public class ScheduleDesk {

    /** A firing that opened its run later than this is told to people; what a busy node is late by is not. */
    private static final Duration LATE = Duration.ofMinutes(1);

    /** How a schedule stands. */
    public enum State {
        /** Its next firing will come. */
        WAITING,
        /** A person has paused the schedule. */
        PAUSED,
        /** A person has paused the campaign. */
        HELD,
        /** It has no firing left, its run is under way. */
        FIRED;

        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * A campaign's schedule.
     *
     * @param previous when it fired last
     * @param next     when it fires next; null unless it waits
     */
    public record Line(Campaign campaign, Schedule schedule, State state, @Nullable Instant previous,
            @Nullable Instant next) {
    }

    /** A firing that came late, by the run that it opened. */
    public record Misfire(String campaign, Run run) {
    }

    private final Timetable timetable;
    private final Campaigns campaigns;
    private final Runs runs;
    private final Schedules schedules;
    private final ScheduleSync sync;
    private final CampaignDue due;
    private final InstantSource clock;

    ScheduleDesk(Timetable timetable, Campaigns campaigns, Runs runs, Schedules schedules, ScheduleSync sync,
            CampaignDue due, InstantSource clock) {
        this.timetable = timetable;
        this.campaigns = campaigns;
        this.runs = runs;
        this.schedules = schedules;
        this.sync = sync;
        this.due = due;
        this.clock = clock;
    }

    /** By campaign name, those after {@code after}. */
    public List<Line> page(String after, int limit) {
        List<Entry> entries = timetable.page(after, limit);
        Map<CampaignId, Standing> standing = schedules
                .standing(entries.stream().map(entry -> entry.campaign().id()).toList());
        return entries.stream().map(entry -> line(entry, standing.get(entry.campaign().id()))).toList();
    }

    /** Empty if there is no such campaign, or it waits for no time. */
    public Optional<Line> find(String campaign) {
        return campaigns.find(campaign).flatMap(known -> timetable.find(known.id())).filter(ScheduleDesk::isOpen)
                .map(entry -> line(entry,
                        schedules.standing(List.of(entry.campaign().id())).get(entry.campaign().id())));
    }

    /** The moments that a schedule names from now on, whether or not it is paused; none before {@code next} if that is known. */
    public List<Instant> firings(Line line, int n) {
        if (line.state() == State.FIRED || line.schedule().now()) {
            return line.next() == null ? List.of() : List.of(line.next());
        }
        Instant now = clock.instant();
        return Firings.next(line.schedule(), line.next() == null || line.next().isBefore(now) ? now : line.next(), n);
    }

    /** The last firings that came late. */
    public List<Misfire> misfires(int limit) {
        return timetable.late(LATE, limit).stream().map(run -> new Misfire(
                campaigns.find(run.campaign()).map(Campaign::name).orElse("campaign " + run.campaign()), run)).toList();
    }

    /**
     * Does what a firing does, now. Its next regular firing comes all the same, but for a campaign that is sent once.
     *
     * @return the run that it opened
     * @throws InvalidInput if it may not, with the reason
     */
    public Run trigger(String campaign) {
        Line line = line(campaign);
        CampaignId id = line.campaign().id();
        if (line.state() == State.HELD) {
            throw new InvalidInput(campaign + " is paused: resume the campaign first, then trigger it");
        }
        if (line.schedule().cron() == null && timetable.begun(id)) {
            throw new InvalidInput(campaign + " is sent once and has had its run; start it again from its own page");
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        due.due(id, now);
        return runs.of(id).stream().filter(run -> run.scheduledFor().equals(now)).findFirst()
                .orElseThrow(() -> new InvalidInput(
                        campaign + " opened no run: it changed meanwhile; look at the page again"));
    }

    /** @throws InvalidInput if there is nothing to pause, with the reason */
    public void pause(String campaign) {
        Line line = line(campaign);
        if (isPaused(line)) {
            throw new InvalidInput("the schedule of " + campaign + " is paused already");
        }
        if (line.state() == State.FIRED) {
            throw new InvalidInput(
                    "the schedule of " + campaign + " has no firing left to keep back; pause the campaign"
                            + " to stop its run");
        }
        schedules.pause(line.campaign().id());
    }

    /** @throws InvalidInput if it is not paused */
    public void resume(String campaign) {
        Line line = line(campaign);
        if (!isPaused(line)) {
            throw new InvalidInput(line.state() == State.HELD
                    ? campaign + " is paused as a whole, not its schedule: resume the campaign"
                    : "the schedule of " + campaign + " is not paused");
        }
        schedules.resume(line.campaign().id(), line.schedule(), clock.instant());
        sync.changed(line.campaign().id());
    }

    /** Changes whenever {@link #page} or {@link #misfires} do. */
    public String stamp() {
        return timetable.stamp() + "/" + schedules.paused();
    }

    private Line line(String campaign) {
        return find(campaign).orElseThrow(() -> new InvalidInput(campaign
                + " waits for no time: it has no schedule, is a draft, or is over; start it from its own page"));
    }

    private boolean isPaused(Line line) {
        CampaignId id = line.campaign().id();
        Standing standing = schedules.standing(List.of(id)).get(id);
        return standing != null && standing.paused();
    }

    private static boolean isOpen(Entry entry) {
        return switch (entry.campaign().state()) {
            case SCHEDULED, RUNNING, PAUSED -> true;
            case DRAFT, FINISHED, CANCELLED -> false;
        };
    }

    /** The store forgets a trigger that has no firing left; the run that it opened is known. */
    private @Nullable Instant last(CampaignId id, @Nullable Standing standing) {
        Instant fired = standing == null ? null : standing.previous();
        return fired != null ? fired : runs.latest(id).map(Run::scheduledFor).orElse(null);
    }

    private Line line(Entry entry, @Nullable Standing standing) {
        Campaign campaign = entry.campaign();
        Instant next = standing == null ? null : standing.next();
        State state = campaign.state() == CampaignState.PAUSED
                ? State.HELD
                : standing != null && standing.paused() ? State.PAUSED : next == null ? State.FIRED : State.WAITING;
        return new Line(campaign, entry.schedule(), state, last(campaign.id(), standing),
                state == State.WAITING ? next : null);
    }
}
