package io.caravan.flow;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Stored;
import io.caravan.content.Contents;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.CampaignSpec.Schedule;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.InvalidInput.Problem;

/** Takes campaign files: reads one with all that it names, keeps it as a version, and lets the schedule know. */
@Component
public class CampaignFiles {

    private final Contents contents;
    private final Campaigns campaigns;
    private final TemplateCheck templates;
    private final ScheduleChange schedule;
    private final CampaignReader reader;
    private final Workflows workflows;

    /**
     * What became of a campaign file.
     *
     * @param beside the files beside it that it took in
     * @param lines  the report
     */
    public record Outcome(Stored stored, CampaignSpec spec, List<Path> beside, List<String> lines) {
    }

    public CampaignFiles(Contents contents, Campaigns campaigns, TemplateCheck templates, ScheduleChange schedule,
            CampaignReader reader, Workflows workflows) {
        this.contents = contents;
        this.campaigns = campaigns;
        this.templates = templates;
        this.schedule = schedule;
        this.reader = reader;
        this.workflows = workflows;
    }

    /**
     * Takes it. The same file again changes nothing, and says so.
     *
     * @throws InvalidInput with every problem; then nothing was kept
     */
    public Outcome take(Path campaignFile) {
        CampaignParts parts = read(campaignFile);
        String file = campaignFile.getFileName().toString();
        Stored campaign = campaigns.store(parts.spec(), hash(parts), file, parts.source(),
                contents.keepAll(parts.files()));
        schedule.changed(campaign.campaign().id()); // unchanged too: the last time may have ended before this line
        return new Outcome(campaign, parts.spec(), parts.beside(), lines(campaign, parts.spec()));
    }

    /** Every problem of a campaign file, changing nothing; empty if it would be taken. */
    public List<String> problems(Path campaignFile) {
        try {
            read(campaignFile);
            return List.of();
        } catch (InvalidInput e) {
            return e.problems();
        }
    }

    private CampaignParts read(Path campaignFile) {
        CampaignParts parts = reader.read(campaignFile);
        List<Problem> problems = new ArrayList<>(Workflows.problems(parts, campaignFile, workflows.workflows()));
        templates.problems(parts.spec(), parts.files())
                .forEach(problem -> problems.add(new Problem(field(problem, parts.spec()), "", problem)));
        if (!problems.isEmpty()) {
            throw InvalidInput.of(problems);
        }
        return parts;
    }

    /** Templates tell of themselves by their file's name, of what stands in the campaign file by its key. */
    private static String field(String problem, CampaignSpec spec) {
        return DraftFault.of(problem, spec).field();
    }

    private static String hash(CampaignParts parts) {
        StringBuilder all = new StringBuilder(parts.source());
        for (Map.Entry<String, byte[]> file : parts.files().entrySet()) {
            all.append('\0').append(file.getKey()).append('\0').append(Contents.sha256(file.getValue()));
        }
        return Contents.sha256(all.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> lines(Stored stored, CampaignSpec spec) {
        String name = "campaign " + stored.campaign().name();
        List<String> lines = new ArrayList<>();
        lines.add(name + switch (stored.change()) {
            case CREATED -> " is new: version 1";
            case CHANGED ->
                " has changed: version " + stored.campaign().version() + " after " + stored.previousVersion();
            case UNCHANGED -> " is unchanged at version " + stored.campaign().version() + ": nothing to do";
        });
        switch (stored.consequence()) {
            case NOTHING -> {
            }
            case WAITS_FOR_START -> lines
                    .add("it has no schedule: a draft, start it with: campaign " + stored.campaign().name() + " start");
            case SCHEDULED -> lines.add("scheduled: " + when(spec.schedule()));
            case NEXT_RUNS -> lines.add(
                    "a run is under way and keeps the version that it began with; the next ones take this version");
            case VERSION_ONLY -> lines.add(
                    "its run has begun before, so it is kept as a version and opens no run; to send again: campaign "
                            + stored.campaign().name()
                            + " start --new (those without a row yet) or start --again (everybody)");
            case REOPENED -> lines.add(reopened(stored.opened(), spec));
            case STAYS_PAUSED ->
                lines.add("it stays paused; go on with: campaign " + stored.campaign().name() + " resume");
            case STAYS_CANCELLED ->
                lines.add("it stays cancelled; send it with: campaign " + stored.campaign().name() + " start --new");
        }
        return lines;
    }

    private static String reopened(@Nullable Run run, CampaignSpec spec) {
        if (run == null) {
            return "its last run was refused and had sent nothing; scheduled: " + when(spec.schedule());
        }
        return "its last run was refused and had sent nothing: run " + run.number() + " is opened, "
                + run.state().word();
    }

    private static String when(@Nullable Schedule schedule) {
        if (schedule == null) {
            return "not at all";
        }
        if (schedule.now()) {
            return "now";
        }
        return (schedule.cron() == null ? String.valueOf(schedule.at()) : "cron " + schedule.cron()) + " "
                + schedule.zone();
    }
}
