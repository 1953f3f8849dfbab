package io.caravan.flow;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

import org.springframework.stereotype.Component;

import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.campaign.Version;
import io.caravan.content.Contents;
import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.PermanentFault;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;

/** Campaign versions made ready to render, each compiled once and kept while it is in use. */
@Component
class Preparations {

    private static final int KEPT = 20;
    private static final int RUNS_KEPT = 1_000;
    private static final Pattern ENDINGS = Pattern.compile("\\.(csv|csv\\.gz|tsv)$", Pattern.CASE_INSENSITIVE);

    private record Key(CampaignId campaign, int version) {
    }

    private final Campaigns campaigns;
    private final Runs runs;
    private final Contents contents;
    private final Sending sending;
    private final CampaignTemplates templates;
    private final Map<Key, Prepared> prepared = lastUsed(KEPT);
    private final Map<RunId, Key> ofRun = lastUsed(RUNS_KEPT);

    Preparations(Campaigns campaigns, Runs runs, Contents contents, Sending sending,
            CampaignTemplates templates) {
        this.campaigns = campaigns;
        this.runs = runs;
        this.contents = contents;
        this.sending = sending;
        this.templates = templates;
    }

    /** The version that a run began with and keeps: the ledger is asked once, and not for every batch. */
    Prepared of(RunId id) {
        Key key;
        synchronized (ofRun) {
            key = ofRun.get(id);
        }
        if (key == null) {
            Run run = run(id);
            key = new Key(run.campaign(), run.version());
            if (run.state() == RunState.RUNNING) { // one that asks takes the newest version until it begins
                synchronized (ofRun) {
                    ofRun.put(id, key);
                }
            }
        }
        return of(key.campaign(), key.version());
    }

    Prepared of(CampaignId campaign, int version) {
        Key key = new Key(campaign, version);
        synchronized (prepared) {
            Prepared known = prepared.get(key);
            if (known == null) {
                known = prepare(campaigns.version(campaign, version));
                prepared.put(key, known);
            }
            return known;
        }
    }

    private static <K, V> Map<K, V> lastUsed(int most) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > most;
            }
        };
    }

    CampaignSpec spec(RunId id) {
        Run run = run(id);
        return campaigns.version(run.campaign(), run.version()).spec();
    }

    /** The list that a campaign's mail goes to: a CSV's list has its name without the endings. */
    static String list(CampaignSpec spec) {
        String list = spec.audience().list();
        String csv = spec.audience().csv();
        return list != null ? list : csv != null ? ENDINGS.matcher(csv).replaceFirst("") : "";
    }

    static String domain(CampaignSpec spec) {
        return domain(spec.from());
    }

    /**
     * @param from a header From as written, {@code Ana's Shop <news@shop.example>}
     * @throws io.caravan.mail.InvalidInput if no address is in it
     */
    static String domain(String from) {
        int open = from.lastIndexOf('<');
        int close = from.indexOf('>', open + 1);
        return EmailAddress.parse(from.substring(open + 1, open < 0 || close < 0 ? from.length() : close).strip())
                .domain();
    }

    private Run run(RunId id) {
        return runs.run(id).orElseThrow(() -> new PermanentFault("there is no run " + id));
    }

    private Prepared prepare(Version version) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        version.contents().forEach((name, id) -> files.put(name, contents.bytes(id)));
        CampaignSpec spec = version.spec();
        return new Prepared(spec, templates.compile(spec, files), sending.identity(domain(spec)), list(spec));
    }
}
