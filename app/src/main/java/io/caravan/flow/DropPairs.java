package io.caravan.flow;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.audience.Imports;
import io.caravan.audience.Lists;
import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.intake.CampaignFile;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.CampaignSpec.Audience;
import io.caravan.mail.CampaignSpec.Mode;
import io.caravan.mail.InvalidInput;

/** Which CSV belongs to which campaign, in the drop folder and in the ledgers, in whichever order they come. */
@Component
public class DropPairs {

    private static final List<String> ENDINGS = List.of(".csv", ".csv.gz", ".tsv");

    private final Imports imports;
    private final Lists lists;
    private final Campaigns campaigns;
    private final ScheduleChange schedule;

    public DropPairs(Imports imports, Lists lists, Campaigns campaigns, ScheduleChange schedule) {
        this.imports = imports;
        this.lists = lists;
        this.campaigns = campaigns;
        this.schedule = schedule;
    }

    /** How the list's CSV is to be read: as a campaign in the folder says, else one that is known, else with a header row, adding. */
    Audience audienceOf(String list, List<Path> campaignFiles) {
        return Stream.concat(campaignFiles.stream().flatMap(DropPairs::readable), known().map(Named::spec))
                .map(CampaignSpec::audience).filter(audience -> feeds(list, audience)).findFirst()
                .orElse(new Audience(list + ".csv", null, List.of(), Mode.ADD, List.of()));
    }

    /** Opens the refused runs of this list's campaigns again. */
    List<String> reopen(String list) {
        List<String> lines = new ArrayList<>();
        known().filter(known -> feeds(list, known.spec.audience()))
                .forEach(known -> campaigns.reopen(known.campaign.id()).ifPresent(run -> {
                    schedule.changed(known.campaign.id());
                    lines.add("campaign " + known.campaign.name()
                            + ": its last run was refused and had sent nothing: run " + run.number()
                            + " is opened, " + run.state().word());
                }));
        return lines;
    }

    /**
     * The file that the campaign must wait for; null if nothing is missing.
     *
     * @throws InvalidInput if it names what is neither here nor on its way
     */
    @Nullable
    String waitsFor(Path campaignFile, CampaignSpec spec) {
        String csv = spec.audience().csv();
        if (csv != null) {
            Path coming = coming(campaignFile, DropNames.list(csv));
            if (coming != null) {
                return DropNames.of(coming);
            }
            if (imports.lastFinished(DropNames.list(csv)).isEmpty()) {
                return csv;
            }
        }
        List<InvalidInput.Problem> problems = new ArrayList<>();
        String missing = null;
        for (String name : named(spec)) {
            boolean list = name.startsWith("list:");
            String word = name.substring(name.indexOf(':') + 1);
            if (list ? lists.find(word).isEmpty() : campaigns.find(word).isEmpty() && !word.equals(spec.name())) {
                Path coming = list ? coming(campaignFile, word) : other(campaignFile, word);
                if (coming == null) {
                    String field = spec.audience().exclude().contains(name) ? "audience.exclude" : "audience.list";
                    problems.add(unknown(campaignFile, field, list, word));
                } else {
                    missing = DropNames.of(coming);
                }
            }
        }
        if (!problems.isEmpty()) {
            throw InvalidInput.of(problems);
        }
        return missing;
    }

    private record Named(Campaign campaign, CampaignSpec spec) {
    }

    /** The last changed first. */
    private Stream<Named> known() {
        return campaigns.all().stream().sorted(Comparator.comparing(Campaign::updatedAt).reversed())
                .map(campaign -> new Named(campaign, campaigns.version(campaign.id(), campaign.version()).spec()));
    }

    private static boolean feeds(String list, Audience audience) {
        return audience.csv() != null && DropNames.list(audience.csv()).equals(list);
    }

    private static Stream<CampaignSpec> readable(Path campaignFile) {
        try {
            String name = DropNames.of(campaignFile);
            return Stream.of(CampaignFile.parse(name, CampaignReader.source(campaignFile, name)));
        } catch (InvalidInput e) {
            return Stream.empty(); // its own turn comes
        }
    }

    private static List<String> named(CampaignSpec spec) {
        List<String> names = new ArrayList<>(spec.audience().exclude());
        if (spec.audience().list() != null) {
            names.add("list:" + spec.audience().list());
        }
        return names;
    }

    /** The CSV of that list that lies beside the campaign file. */
    static @Nullable Path coming(Path campaignFile, String list) {
        return ENDINGS.stream().map(ending -> campaignFile.resolveSibling(list + ending))
                .filter(path -> Files.exists(path, LinkOption.NOFOLLOW_LINKS)).findFirst().orElse(null);
    }

    private static @Nullable Path other(Path campaignFile, String campaign) {
        return Optional.of(campaignFile.resolveSibling(campaign + CampaignFile.ENDING)).filter(Files::exists)
                .orElse(null);
    }

    private static InvalidInput.Problem unknown(Path campaignFile, String field, boolean list, String word) {
        String name = DropNames.of(campaignFile);
        int line = CampaignReader.line(CampaignReader.source(campaignFile, name), word);
        return new InvalidInput.Problem(field, name + ":" + line, field + ": there is no "
                + (list ? "list" : "campaign") + " '" + word + "'; "
                + (list ? "drop " + word + ".csv first, or correct the name" : "correct the name, or take it out"));
    }
}
