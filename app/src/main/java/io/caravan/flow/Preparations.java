package io.caravan.flow;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
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
import io.caravan.rendering.Attachment;
import io.caravan.rendering.MailLimits;
import io.caravan.rendering.Mailing;
import io.caravan.rendering.Mailings;
import io.caravan.rendering.Part;
import io.caravan.rendering.Source;

/** Campaign versions made ready to render, each compiled once and kept while it is in use. Also the answer to whether templates compile. */
@Component
class Preparations implements TemplateCheck {

    private static final int KEPT = 20;
    private static final Mailings MAILINGS = new Mailings(MailLimits.DEFAULT);
    private static final Pattern ENDINGS = Pattern.compile("\\.(csv|csv\\.gz|tsv)$", Pattern.CASE_INSENSITIVE);

    private record Key(CampaignId campaign, int version) {
    }

    private final Campaigns campaigns;
    private final Runs runs;
    private final Contents contents;
    private final Sending sending;
    private final Map<Key, Prepared> prepared = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Prepared> eldest) {
            return size() > KEPT;
        }
    };

    Preparations(Campaigns campaigns, Runs runs, Contents contents, Sending sending) {
        this.campaigns = campaigns;
        this.runs = runs;
        this.contents = contents;
        this.sending = sending;
    }

    /** The version that a run began with and keeps. */
    Prepared of(RunId id) {
        Run run = run(id);
        Key key = new Key(run.campaign(), run.version());
        synchronized (prepared) {
            Prepared known = prepared.get(key);
            if (known == null) {
                known = prepare(campaigns.version(run.campaign(), run.version()));
                prepared.put(key, known);
            }
            return known;
        }
    }

    CampaignSpec spec(RunId id) {
        Run run = run(id);
        return campaigns.version(run.campaign(), run.version()).spec();
    }

    @Override
    public List<String> problems(CampaignSpec spec, Map<String, byte[]> files) {
        return templateProblems(spec, files);
    }

    /** Every problem of a campaign's templates, each {@code file:line: what; what to do}. */
    static List<String> templateProblems(CampaignSpec spec, Map<String, byte[]> files) {
        try {
            compile(spec, files);
            return List.of();
        } catch (io.caravan.mail.InvalidInput e) {
            return e.problems();
        }
    }

    /** The list that a campaign's mail goes to: a CSV's list has its name without the endings. */
    static String list(CampaignSpec spec) {
        String list = spec.audience().list();
        String csv = spec.audience().csv();
        return list != null ? list : csv != null ? ENDINGS.matcher(csv).replaceFirst("") : "";
    }

    static String domain(CampaignSpec spec) {
        String from = spec.from();
        int open = from.lastIndexOf('<');
        return EmailAddress.parse(open < 0 ? from.strip() : from.substring(open + 1, from.lastIndexOf('>')).strip())
                .domain();
    }

    private Run run(RunId id) {
        return runs.run(id).orElseThrow(() -> new PermanentFault("there is no run " + id));
    }

    private Prepared prepare(Version version) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        version.contents().forEach((name, id) -> files.put(name, contents.bytes(id)));
        CampaignSpec spec = version.spec();
        return new Prepared(spec, compile(spec, files), sending.identity(domain(spec)), list(spec));
    }

    static Mailing compile(CampaignSpec spec, Map<String, byte[]> files) {
        Map<String, Attachment> inline = new LinkedHashMap<>();
        spec.inline().forEach((cid, file) -> inline.put(cid, new Attachment(file, bytes(files, file))));
        List<Attachment> attachments = spec.attachments().stream().map(file -> new Attachment(file, bytes(files, file)))
                .toList();
        return MAILINGS
                .compile(new Source(spec.name(), spec.from(), spec.replyTo(), spec.subject(), part(spec.html(), files),
                        part(spec.text(), files), attachments, inline, spec.vars(), spec.tags()));
    }

    private static @Nullable Part part(@Nullable String file, Map<String, byte[]> files) {
        return file == null ? null : new Part(file, new String(bytes(files, file), StandardCharsets.UTF_8));
    }

    private static byte[] bytes(Map<String, byte[]> files, String name) {
        byte[] bytes = files.get(name);
        if (bytes == null) {
            throw new PermanentFault("the campaign version lacks its file " + name);
        }
        return bytes;
    }
}
