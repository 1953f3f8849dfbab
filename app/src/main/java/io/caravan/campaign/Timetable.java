package io.caravan.campaign;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.springframework.stereotype.Repository;

import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignSpec;

/** The campaigns that have a schedule, and the firings that came late. Reads only. */
@Repository
public class Timetable {

    /** A campaign that waits for its time, runs, or is paused, and the schedule of its version in force. */
    public record Entry(Campaign campaign, CampaignSpec.Schedule schedule) {
    }

    private final TimetableRepository rows;
    private final CampaignRepository campaigns;
    private final VersionRepository versions;
    private final LateRunRepository late;

    Timetable(TimetableRepository rows, CampaignRepository campaigns, VersionRepository versions,
            LateRunRepository late) {
        this.rows = rows;
        this.campaigns = campaigns;
        this.versions = versions;
        this.late = late;
    }

    /** By name, those after {@code after} ("": from the beginning). */
    public List<Entry> page(String after, int limit) {
        return rows.scheduled(after, limit).stream().flatMap(campaign -> entry(campaign).stream()).toList();
    }

    /** Whatever its state; empty if there is no such campaign or it has no schedule. */
    public Optional<Entry> find(CampaignId id) {
        return campaigns.findById(id).filter(campaign -> campaign.version() > 0).flatMap(this::entry);
    }

    /** It has a run that was not refused: a one-time campaign has had its turn. */
    public boolean begun(CampaignId id) {
        return rows.begun(id);
    }

    /** Runs that were opened more than so much after their time, the newest first. */
    public List<Run> late(Duration than, int limit) {
        return late.late(than.toSeconds(), limit);
    }

    /** The campaigns whose batches a workflow carries, the ones that changed last first. */
    public List<Campaign> ofWorkflow(String workflow, int limit) {
        return rows.ofWorkflow(workflow, limit);
    }

    /** Changes when a campaign changes or a run opens. */
    public String stamp() {
        return rows.stamp();
    }

    private Optional<Entry> entry(Campaign campaign) {
        return versions.find(campaign.id(), campaign.version()).map(row -> row.version().spec().schedule())
                .map(schedule -> new Entry(campaign, schedule));
    }
}
