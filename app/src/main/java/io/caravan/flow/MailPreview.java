package io.caravan.flow;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.stereotype.Component;

import io.caravan.intake.CampaignFile;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.Keyed;
import io.caravan.mail.RowId;
import io.caravan.rendering.HeaderText;
import io.caravan.rendering.MailLint;
import io.caravan.rendering.Marks;
import io.caravan.rendering.Person;
import io.caravan.rendering.Preview;
import io.caravan.rendering.RenderingFault;

/** Mail as a person would get it, by the engine and the header fields that send it. Nothing is kept and nothing is sent. */
@Component
public class MailPreview {

    /** No run has this number, so the links of a preview lead nowhere. */
    private static final RowId NO_ROW = new RowId(0, 1);

    private final CampaignTemplates templates;
    private final StoredTemplates stored;
    private final Sending sending;
    private final Keyed keyed;
    private final InstantSource clock;

    MailPreview(CampaignTemplates templates, StoredTemplates stored, Sending sending, Keyed keyed,
            InstantSource clock) {
        this.templates = templates;
        this.stored = stored;
        this.sending = sending;
        this.keyed = keyed;
        this.clock = clock;
    }

    /**
     * Of a version, or of a draft as far as it is legible.
     *
     * @throws InvalidInput if it cannot be made, each problem {@code template:line: what; what to do}
     */
    public Previewed of(CampaignParts parts, Person person) {
        EmailAddress.parse(person.address());
        Prepared prepared = new Prepared(parts.spec(), templates.compile(parts.spec(), parts.files()),
                sending.identity(Preparations.domain(parts.spec())), Preparations.list(parts.spec()));
        Marks marks = prepared.marks(NO_ROW, clock.instant(), keyed, sending.publicUrl());
        try {
            Preview read = prepared.mailing().preview(person, marks);
            byte[] source = whole(prepared.mailing().render(person, marks));
            Map<String, Integer> pictures = new TreeMap<>();
            parts.spec().inline().forEach((cid, file) -> pictures.put(cid, length(parts.files().get(file))));
            return new Previewed(person.address(), headers(source), read.subject(), read.html(), read.text(), source,
                    MailLint.links(read), MailLint.of(read, pictures, marks.unsubscribe(), sending.publicUrl()));
        } catch (RenderingFault fault) {
            throw new InvalidInput(String.valueOf(fault.getMessage()), fault);
        }
    }

    /**
     * Of a campaign file that is nowhere kept.
     *
     * @param files those that it names; stored templates need not be there
     */
    public Previewed of(String source, Map<String, byte[]> files, Person person) {
        var spec = CampaignFile.parse("preview" + CampaignFile.ENDING, source);
        Map<String, byte[]> all = new TreeMap<>();
        List<InvalidInput.Problem> missing = new ArrayList<>();
        for (String name : CampaignReader.named(spec)) {
            byte[] given = files.get(name);
            if (given == null) {
                stored.find(name).ifPresentOrElse(bytes -> all.put(name, bytes),
                        () -> missing.add(new InvalidInput.Problem(
                                "files." + name, "", "files." + name
                                        + ": the campaign names it and it is not there; send it, or name a stored template")));
            } else {
                all.put(name, given);
            }
        }
        if (!missing.isEmpty()) {
            throw InvalidInput.of(missing);
        }
        return of(new CampaignParts(spec, source, all, List.of()), person);
    }

    private static int length(byte @org.jspecify.annotations.Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static byte[] whole(List<byte[]> segments) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        segments.forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static List<Previewed.Header> headers(byte[] source) {
        String whole = new String(source, StandardCharsets.UTF_8);
        int end = whole.indexOf("\r\n\r\n");
        List<Previewed.Header> headers = new ArrayList<>();
        for (String field : whole.substring(0, Math.max(0, end)).split("\r\n(?![ \t])")) {
            int colon = field.indexOf(':');
            String name = field.substring(0, Math.max(0, colon));
            headers.add(new Previewed.Header(name, HeaderText.decoded(field, name)));
        }
        return headers;
    }
}
