package io.caravan.api;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import io.caravan.campaign.Draft;
import io.caravan.flow.CampaignDrafts;
import io.caravan.flow.CampaignParts;
import io.caravan.flow.MailPreview;
import io.caravan.flow.PreviewPeople;
import io.caravan.flow.Previewed;
import io.caravan.intake.CampaignFileWriter;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;
import io.caravan.rendering.Finding;
import io.caravan.rendering.Person;

/** Mail as a person would get it, made by the engine that sends, and what a careful colleague would say of it. Nothing is sent or kept. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Preview")
class PreviewApi {

    private static final String BASE64 = "base64:";

    private final CampaignDrafts drafts;
    private final MailPreview previews;
    private final PreviewPeople people;

    PreviewApi(CampaignDrafts drafts, MailPreview previews, PreviewPeople people) {
        this.drafts = drafts;
        this.previews = previews;
        this.people = people;
    }

    /** @param size bytes of the whole mail */
    @Schema(name = "Preview")
    record Shown(String to, List<Previewed.Header> headers, String subject, String html, String text, int size,
            List<String> links, List<Finding> lint) {
        static Shown of(Previewed mail) {
            return new Shown(mail.to(), mail.headers(), mail.subject(), mail.html(), mail.text(), mail.size(),
                    mail.links(), mail.lint());
        }
    }

    /**
     * A mail to be looked at.
     *
     * @param campaign   the keys of a campaign file
     * @param files      the files that it names, each as text, or as {@code base64:} and the bytes
     * @param address    whom it is for; left out: somebody@example.org
     * @param attributes of that person
     */
    @Schema(name = "PreviewOf")
    record Wanted(@Nullable Map<String, Object> campaign, @Nullable Map<String, String> files,
            @Nullable String address, @Nullable Map<String, String> attributes) {
    }

    @GetMapping("/campaigns/{name}/preview")
    @Operation(summary = "A campaign's mail as somebody would get it", description = "as: an address; left out, the first of the audience. of: version"
            + " (in force) or draft (being written on the pages).", operationId = "previewCampaign")
    Shown of(@PathVariable String name, @RequestParam(defaultValue = "") String as,
            @RequestParam(defaultValue = "version") String of) {
        CampaignParts parts = parts(name, of);
        Optional<PreviewPeople.Chosen> person = as.isBlank()
                ? people.after(parts.spec(), "")
                : Refused.about("as", () -> people.named(parts.spec(), as));
        return Shown.of(previews.of(parts, person.map(PreviewPeople.Chosen::person)
                .orElseThrow(() -> Refused.unknown(as.isBlank()
                        ? "person in the audience of campaign " + name
                        : "contact " + as))));
    }

    private CampaignParts parts(String name, String of) {
        return switch (of) {
            case "draft" ->
                drafts.open(name).filter(draft -> draft.edit() != 0).map((Draft draft) -> drafts.legible(draft))
                        .orElseThrow(() -> Refused.unknown("draft of a campaign " + name));
            case "version" -> drafts.inForce(name).map(drafts::parts)
                    .orElseThrow(() -> Refused.unknown("campaign " + name));
            default ->
                throw Refused.field("of", "invalid", "'" + of + "' is neither version nor draft; write one of them");
        };
    }

    @PostMapping("/preview")
    @Operation(summary = "A mail that is nowhere kept, as somebody would get it", operationId = "preview")
    Shown of(@RequestBody Wanted wanted) {
        if (wanted.campaign() == null) {
            throw Refused.field("campaign", "missing", "campaign is missing: give the keys of a campaign file");
        }
        Map<String, byte[]> files = new LinkedHashMap<>();
        (wanted.files() == null ? Map.<String, String>of() : wanted.files())
                .forEach((name, content) -> files.put(name, bytes(name, content)));
        String address = wanted.address() == null ? "somebody@example.org" : wanted.address();
        Refused.about("address", () -> EmailAddress.parse(address));
        try {
            return Shown.of(previews.of(CampaignFileWriter.yaml(wanted.campaign()), files,
                    new Person(address, wanted.attributes() == null ? Map.of() : wanted.attributes())));
        } catch (InvalidInput e) {
            throw CampaignFaults.ofKeys(wanted.campaign()).of(e);
        }
    }

    private static byte[] bytes(String name, String content) {
        try {
            return content.startsWith(BASE64)
                    ? Base64.getMimeDecoder().decode(content.substring(BASE64.length()))
                    : content.getBytes(StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Refused.field("files." + name, "invalid",
                    "what follows base64: is not base64; encode the file's bytes, or give its text as it is");
        }
    }
}
