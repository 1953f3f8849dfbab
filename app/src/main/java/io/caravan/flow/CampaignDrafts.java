package io.caravan.flow;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.springframework.stereotype.Component;

import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Draft;
import io.caravan.campaign.Drafts;
import io.caravan.campaign.Version;
import io.caravan.content.Contents;
import io.caravan.flow.CampaignFiles.Outcome;
import io.caravan.intake.CampaignFile;
import io.caravan.intake.CampaignText;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.InvalidInput;

/** Campaigns that are being written: opened from the version in force, saved as often as one likes, and taken like a dropped file. */
@Component
public class CampaignDrafts {

    private final Drafts drafts;
    private final Campaigns campaigns;
    private final Contents contents;
    private final CampaignSubmissions submissions;
    private final DraftReading reading;
    private final InstantSource clock;

    CampaignDrafts(Drafts drafts, Campaigns campaigns, Contents contents, CampaignSubmissions submissions,
            DraftReading reading, InstantSource clock) {
        this.drafts = drafts;
        this.campaigns = campaigns;
        this.contents = contents;
        this.submissions = submissions;
        this.reading = reading;
        this.clock = clock;
    }

    /** The draft of that name, else one of the version in force that nobody has saved yet; empty if there is neither. */
    public Optional<Draft> open(String name) {
        return drafts.find(name).or(() -> inForce(name).map(version -> new Draft(name, 0, version.version(),
                sourceOf(name, version), version.contents(), version.createdAt())));
    }

    /** A file that was dropped under another name than the campaign's leans on that name for its CSV: here it is written down. */
    private static String sourceOf(String name, Version version) {
        CampaignText text = CampaignText.of(version.source());
        String csv = version.spec().audience().csv();
        if (csv == null || text.has("audience.csv") || version.file().equals(name + CampaignFile.ENDING)) {
            return version.source();
        }
        return text.set("audience.csv", csv).text();
    }

    public Optional<Version> inForce(String name) {
        return campaigns.find(name).filter(known -> known.version() > 0)
                .map(known -> campaigns.version(known.id(), known.version()));
    }

    /** A version with its files. */
    public CampaignParts parts(Version version) {
        return new CampaignParts(version.spec(), version.source(), submissions.parts(version), List.of());
    }

    public List<Draft> recent(int limit) {
        return drafts.recent(limit);
    }

    /**
     * A new campaign.
     *
     * @param list whom it is for; "": not yet said
     * @throws InvalidInput if the name is none, or taken
     */
    public Draft begin(String name, String list) {
        if (!name.matches("[A-Za-z0-9_-]{1,100}") || name.equals("new")) {
            throw new InvalidInput(name.isEmpty()
                    ? "a campaign needs a name, as in spring-2026"
                    : "'" + name
                            + "' cannot be a campaign's name; use letters, digits, - and _, at most 100, and not 'new'");
        }
        if (campaigns.find(name).isPresent() || drafts.find(name).isPresent()) {
            throw new InvalidInput(
                    "there is a campaign or a draft " + name + " already; edit that one, or choose another"
                            + " name");
        }
        CampaignText text = CampaignText.of("").set("name", name).set("audience.list", list);
        return drafts.save(new Draft(name, 0, 0, text.text(), Map.of(), clock.instant()))
                .orElseThrow(() -> new InvalidInput("somebody else began " + name + " just now; choose another name"));
    }

    /** Empty if somebody saved it since that edit was read; then nothing changed. */
    public Optional<Draft> save(Draft draft) {
        return drafts.save(draft);
    }

    public long keep(byte[] bytes) {
        return contents.keep(bytes);
    }

    public byte[] bytes(long content) {
        return contents.bytes(content);
    }

    public boolean discard(Draft draft) {
        return drafts.remove(draft.name(), draft.edit());
    }

    /** The files that it names. */
    public Map<String, byte[]> files(Draft draft) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        draft.contents().forEach((name, id) -> files.put(name, contents.bytes(id)));
        return files;
    }

    /**
     * Its keys.
     *
     * @throws UnreadableDraft if what is stored is no YAML
     */
    public static CampaignText text(Draft draft) {
        try {
            return CampaignText.of(draft.source());
        } catch (InvalidInput e) {
            throw new UnreadableDraft(draft, e);
        }
    }

    /** All that stands between the draft and a version, each at its field. */
    public List<DraftFault> faults(Draft draft) {
        text(draft);
        return reading.faults(draft.source(), files(draft));
    }

    /** The same of what is typed and not saved. */
    public List<DraftFault> faults(String source, Map<String, byte[]> files) {
        return reading.faults(source, files);
    }

    /** What can be understood of what is typed and not saved. */
    public CampaignParts legible(String source, Map<String, byte[]> files) {
        return reading.legible(source, files);
    }

    /** What can be understood of it, with something harmless for what is missing or wrong: to show a draft, never to send it. */
    public CampaignParts legible(Draft draft) {
        text(draft);
        return reading.legible(draft.source(), files(draft));
    }

    /**
     * Makes it a version, as if its file had been dropped; the draft is gone then.
     *
     * @throws InvalidInput with every problem; the draft stays
     */
    public Outcome take(Draft draft) {
        text(draft);
        Map<String, byte[]> named = new LinkedHashMap<>(files(draft));
        CampaignSpec spec = reading.legible(draft.source(), named).spec();
        named.keySet().retainAll(CampaignReader.named(spec));
        Outcome outcome = submissions.take(draft.source(), named);
        drafts.remove(draft.name(), draft.edit());
        return outcome;
    }

    public Optional<Campaign> campaign(String name) {
        return campaigns.find(name);
    }
}
