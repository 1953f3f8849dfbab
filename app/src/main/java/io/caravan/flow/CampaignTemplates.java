package io.caravan.flow;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.mail.CampaignSpec;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.PermanentFault;
import io.caravan.rendering.Attachment;
import io.caravan.rendering.MailLimits;
import io.caravan.rendering.Mailing;
import io.caravan.rendering.Mailings;
import io.caravan.rendering.Part;
import io.caravan.rendering.Source;

/** From a campaign with its files to a mailing; the same for {@code check}, a dry run, the drop folder and the road. */
@Component
public class CampaignTemplates implements TemplateCheck {

    private final Mailings mailings;

    public CampaignTemplates(MailLimits limits) {
        mailings = new Mailings(limits);
    }

    @Override
    public List<String> problems(CampaignSpec spec, Map<String, byte[]> files) {
        try {
            compile(spec, files);
            return List.of();
        } catch (InvalidInput e) {
            return e.problems();
        }
    }

    Mailing compile(CampaignSpec spec, Map<String, byte[]> files) {
        Map<String, Attachment> inline = new LinkedHashMap<>();
        spec.inline().forEach((cid, file) -> inline.put(cid, new Attachment(file, bytes(files, file))));
        List<Attachment> attachments = spec.attachments().stream().map(file -> new Attachment(file, bytes(files, file)))
                .toList();
        return mailings
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
