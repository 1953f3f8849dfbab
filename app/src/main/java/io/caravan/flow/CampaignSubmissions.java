package io.caravan.flow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Version;
import io.caravan.content.Contents;
import io.caravan.flow.CampaignFiles.Outcome;
import io.caravan.intake.CampaignFile;
import io.caravan.intake.CampaignFileWriter;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.InvalidInput.Problem;
import io.caravan.mail.TemporaryFault;

/**
 * Campaign files that do not come by the drop folder: from the pages and from programs. They lie in a folder of their own for a moment, so
 * that they are read, checked and told of by the same code as dropped ones; people are imported before, apart.
 */
@Component
public class CampaignSubmissions {

    private static final String UNNAMED = "campaign" + CampaignFile.ENDING;

    private final CampaignFiles files;
    private final DropPairs pairs;
    private final Campaigns campaigns;
    private final Contents contents;
    private final DraftReading reading;

    CampaignSubmissions(CampaignFiles files, DropPairs pairs, Campaigns campaigns, Contents contents,
            DraftReading reading) {
        this.files = files;
        this.pairs = pairs;
        this.campaigns = campaigns;
        this.contents = contents;
        this.reading = reading;
    }

    /**
     * Keeps a campaign file as a version, with what follows from it: nothing, a draft, a schedule, a run that is opened again.
     *
     * @param source the campaign file's text
     * @param beside the files that it names, by name; stored templates need not be there
     * @throws InvalidInput with every problem, of the file, of what it names and of what is missing, with their fields; then nothing was kept
     */
    public Outcome take(String source, Map<String, byte[]> beside) {
        try {
            return within(source, beside, files::take);
        } catch (InvalidInput e) {
            throw InvalidInput.of(all(e.found(), source, beside));
        }
    }

    /** What ended the taking, and what it would have come to then. */
    private List<Problem> all(List<Problem> found, String source, Map<String, byte[]> beside) {
        List<Problem> all = new ArrayList<>(found);
        Set<String> told = new HashSet<>();
        found.forEach(problem -> told.add(root(problem.field())));
        try {
            reading.faults(source, beside).stream()
                    .filter(fault -> !fault.field().isEmpty() && !told.contains(fault.root()))
                    .forEach(fault -> all
                            .add(new Problem(fault.field(), "", fault.field() + ": " + fault.message())));
        } catch (InvalidInput e) {
            return found; // nothing more of it can be understood
        }
        return all;
    }

    private static String root(String field) {
        int dot = field.indexOf('.');
        return dot < 0 ? field : field.substring(0, dot);
    }

    /** Every problem of it, changing nothing; empty if it would be taken. */
    public List<String> problems(String source, Map<String, byte[]> beside) {
        try {
            return within(source, beside, files::problems);
        } catch (InvalidInput e) {
            return e.problems();
        }
    }

    /**
     * The version in force under another name: a draft with the same audience, texts and files.
     *
     * @throws InvalidInput if the name is none, or another campaign has it
     */
    public Outcome clone(Campaign campaign, String newName) {
        if (campaigns.find(newName).isPresent()) {
            throw new InvalidInput("there is a campaign " + newName + " already; choose another name");
        }
        Version version = campaigns.version(campaign.id(), campaign.version());
        return take(CampaignFileWriter.draft(version.file(), version.source(), newName), parts(version));
    }

    /** The files of a version, by the names that its campaign file uses. */
    public Map<String, byte[]> parts(Version version) {
        Map<String, byte[]> parts = new LinkedHashMap<>();
        version.contents().forEach((name, id) -> parts.put(name, contents.bytes(id)));
        return parts;
    }

    private <T> T within(String source, Map<String, byte[]> beside, Function<Path, T> work) {
        CampaignSpec spec = CampaignFile.parse(UNNAMED, source);
        check(spec, beside);
        Path folder = null;
        try {
            folder = Files.createTempDirectory("caravan-campaign-");
            Path file = Files.writeString(folder.resolve(spec.name() + CampaignFile.ENDING), source);
            for (Map.Entry<String, byte[]> part : beside.entrySet()) {
                Files.write(folder.resolve(part.getKey()), part.getValue());
            }
            String missing = pairs.waitsFor(file, CampaignFile.parse(DropNames.of(file), source));
            if (missing != null) {
                throw InvalidInput.of(List.of(new Problem("audience.csv",
                        DropNames.of(file) + ":" + CampaignReader.line(source, missing),
                        "audience.csv: " + missing + " was never imported; import it first")));
            }
            return work.apply(file);
        } catch (IOException e) {
            throw new TemporaryFault("the campaign cannot be laid down in " + System.getProperty("java.io.tmpdir")
                    + ": " + e.getMessage() + "; see whether that disk is full", e);
        } finally {
            remove(folder);
        }
    }

    private static void check(CampaignSpec spec, Map<String, byte[]> beside) {
        Set<String> named = CampaignReader.named(spec);
        List<Problem> problems = new ArrayList<>();
        for (String name : beside.keySet()) {
            if (!named.contains(name)) { // names that lead out of a folder are never named: the reader refuses them
                problems.add(new Problem("files." + name, "", "files: the campaign names no file '" + name
                        + "'; leave it out, or name it in html, text, attachments or inline"));
            }
        }
        if (!problems.isEmpty()) {
            throw InvalidInput.of(problems);
        }
    }

    private static void remove(@Nullable Path folder) {
        if (folder == null) {
            return;
        }
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            folder.toFile().deleteOnExit(); // a rest in the temporary folder harms nobody
        }
    }
}
