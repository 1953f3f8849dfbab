package io.caravan.api;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;

import io.caravan.api.CampaignShown.One;
import io.caravan.api.CampaignShown.VersionOf;
import io.caravan.api.Refused.Fault;
import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Stored;
import io.caravan.flow.CampaignFiles.Outcome;
import io.caravan.flow.CampaignSubmissions;
import io.caravan.intake.CampaignFileWriter;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.PermanentFault;

/** {@code /api/v1/campaigns}: campaigns, their versions and firings. What is done with them is in {@link CampaignActionApi}. */
@RestController
@RequestMapping("/api/v1/campaigns")
@Tag(name = "Campaigns", description = "Who writes, what, to whom and when: campaign files as data.")
class CampaignApi {

    private static final String BASE64 = "base64:";

    private final Campaigns campaigns;
    private final CampaignAnswers answers;
    private final CampaignSubmissions submissions;

    CampaignApi(Campaigns campaigns, CampaignAnswers answers, CampaignSubmissions submissions) {
        this.campaigns = campaigns;
        this.answers = answers;
        this.submissions = submissions;
    }

    @GetMapping
    @Operation(summary = "Campaigns, the newest first", operationId = "campaigns")
    ResponseEntity<Slice<One>> list(@RequestParam(defaultValue = "") String query,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = Slice.USUAL) int limit) {
        List<Campaign> read = campaigns.page(query, Cursor.number(cursor, Long.MAX_VALUE), Slice.reading(limit));
        Map<String, One> shown = new LinkedHashMap<>();
        answers.of(read).forEach(one -> shown.put(one.name(), one));
        return Slice.of(read, limit, campaign -> List.of(String.valueOf(campaign.id().value())),
                campaign -> shown.get(campaign.name()));
    }

    /**
     * What became of a campaign file.
     *
     * @param change created, changed or unchanged
     * @param lines  the same as people read it, with what follows
     */
    @Schema(name = "CampaignKept")
    record Kept(String change, List<String> lines, One campaign) {
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Keep a campaign: the keys of a campaign file, with the files that it names", description = "The same name again keeps a"
            + " further version; the same bytes change nothing. Its audience is a list, or the CSV of an earlier import.", operationId = "keepCampaign")
    ResponseEntity<Kept> keep(@RequestBody CampaignBody body) {
        Map<String, Object> keys = body.campaign();
        if (keys == null) {
            throw Refused.field("campaign", "missing", "campaign is missing: give the keys of a campaign file");
        }
        return kept(CampaignFileWriter.yaml(keys), files(body.files() == null ? Map.of() : body.files()),
                CampaignFaults.ofKeys(keys));
    }

    @PostMapping(consumes = {"application/yaml", "application/x-yaml", "text/yaml"})
    @Operation(summary = "Keep a campaign: a campaign file as it would be dropped", description = "The files that it names are stored templates.", operationId = "keepCampaignFile")
    ResponseEntity<Kept> keep(@RequestBody byte[] source) {
        String yaml = new String(source, StandardCharsets.UTF_8);
        return kept(yaml, Map.of(), CampaignFaults.ofText(yaml));
    }

    @GetMapping("/{name}")
    @Operation(summary = "One campaign", operationId = "campaign")
    One one(@PathVariable String name) {
        return answers.of(answers.named(name));
    }

    @GetMapping("/{name}/versions")
    @Operation(summary = "Its versions, the newest first", operationId = "campaignVersions")
    ResponseEntity<Slice<VersionOf>> versions(@PathVariable String name,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = Slice.USUAL) int limit) {
        Campaign campaign = answers.named(name);
        int before = (int) Math.clamp(Cursor.number(cursor, Integer.MAX_VALUE), 0, Integer.MAX_VALUE);
        return Slice.of(campaigns.versions(campaign.id(), before, Slice.reading(limit)), limit,
                version -> List.of(String.valueOf(version.version())), version -> VersionOf.of(campaign, version));
    }

    @GetMapping("/{name}/versions/{number}")
    @Operation(summary = "One version, with its source", operationId = "campaignVersion")
    VersionOf version(@PathVariable String name, @PathVariable int number) {
        Campaign campaign = answers.named(name);
        try {
            return VersionOf.of(campaign, campaigns.version(campaign.id(), number));
        } catch (PermanentFault none) {
            throw Refused.unknown("version " + number + " of campaign " + name);
        }
    }

    /** @param firings RFC 3339, UTC */
    @Schema(name = "CampaignFirings")
    record Firings(List<Instant> firings) {
    }

    @GetMapping("/{name}/firings")
    @Operation(summary = "When it fires next", operationId = "campaignFirings")
    Firings firings(@PathVariable String name, @RequestParam(defaultValue = "10") int limit) {
        if (limit < 1 || limit > 100) {
            throw Refused.field("limit", "out_of_range", "limit is " + limit + "; ask for 1 to 100");
        }
        return new Firings(answers.firings(answers.named(name), limit));
    }

    private ResponseEntity<Kept> kept(String source, Map<String, byte[]> files, CampaignFaults faults) {
        Outcome outcome;
        try {
            outcome = submissions.take(source, files);
        } catch (InvalidInput e) {
            throw faults.of(e);
        }
        Stored stored = outcome.stored();
        Kept kept = new Kept(stored.change().name().toLowerCase(Locale.ROOT), outcome.lines(),
                answers.of(stored.campaign()));
        if (stored.change() != Stored.Change.CREATED) {
            return ResponseEntity.ok(kept);
        }
        return ResponseEntity.created(UriComponentsBuilder.fromPath("/api/v1/campaigns/{name}")
                .build(stored.campaign().name())).body(kept);
    }

    private static Map<String, byte[]> files(Map<String, String> given) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        List<Fault> faults = new ArrayList<>();
        given.forEach((name, content) -> {
            try {
                files.put(name, content.startsWith(BASE64)
                        ? Base64.getMimeDecoder().decode(content.substring(BASE64.length()))
                        : content.getBytes(StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                faults.add(new Fault("files." + name, "invalid", "what follows base64: is not base64; encode the"
                        + " file's bytes, or give its text as it is"));
            }
        });
        if (!faults.isEmpty()) {
            throw new Refused(HttpStatus.UNPROCESSABLE_CONTENT, faults);
        }
        return files;
    }
}
