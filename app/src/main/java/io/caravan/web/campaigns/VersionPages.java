package io.caravan.web.campaigns;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;

import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Version;
import io.caravan.flow.CampaignSubmissions;
import io.caravan.mail.PermanentFault;
import io.caravan.web.Moment;
import io.caravan.web.Words;

/** {@code /campaigns/NAME/versions/N}: a campaign file as it was dropped once, what it changed, and the way back into a drop folder. */
@Controller
class VersionPages {

    private static final String VERSION = CampaignPages.NAME + "/versions/{number:\\d{1,6}}";

    private final Campaigns campaigns;
    private final CampaignSubmissions submissions;

    VersionPages(Campaigns campaigns, CampaignSubmissions submissions) {
        this.campaigns = campaigns;
        this.submissions = submissions;
    }

    /**
     * A file of both versions, or of one of them.
     *
     * @param what  {@code changed}, {@code added}, {@code removed}
     * @param lines what changed in it; empty for what is no text
     */
    record Changed(String file, String what, List<Differences.Line> lines) {
    }

    /** @param from the version to compare with; left out: the one before */
    @GetMapping(VERSION)
    String version(@PathVariable String name, @PathVariable int number,
            @RequestParam(required = false) @Nullable Integer from, Model model) {
        Campaign campaign = campaigns.find(name).orElseThrow(CampaignPages::gone);
        Version version = version(campaign, number);
        Version other = number == 1 && from == null ? null : version(campaign, from == null ? number - 1 : from);
        model.addAttribute("name", name);
        model.addAttribute("number", number);
        model.addAttribute("inForce", campaign.version() == number);
        model.addAttribute("last", campaign.version());
        model.addAttribute("file", version.file());
        model.addAttribute("taken", Moment.at(version.createdAt()));
        model.addAttribute("source", version.source());
        model.addAttribute("parts", parts(version));
        model.addAttribute("from", other == null ? null : other.version());
        model.addAttribute("changes", other == null ? List.of() : changes(other, version));
        return "web/campaigns/version";
    }

    /** The campaign file alone, as it was dropped. */
    @GetMapping(VERSION + "/file")
    ResponseEntity<byte[]> file(@PathVariable String name, @PathVariable int number) {
        Version version = version(campaigns.find(name).orElseThrow(CampaignPages::gone), number);
        return download(version.source().getBytes(StandardCharsets.UTF_8), version.file(),
                MediaType.parseMediaType("application/yaml"));
    }

    /** The campaign file and all that it names. Unpacked into a drop folder it is taken again, and is unchanged. */
    @GetMapping(VERSION + "/parts")
    ResponseEntity<byte[]> zip(@PathVariable String name, @PathVariable int number) {
        Version version = version(campaigns.find(name).orElseThrow(CampaignPages::gone), number);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> part : submissions.parts(version).entrySet()) {
                entry(zip, part.getKey(), part.getValue());
            }
            entry(zip, version.file(), version.source().getBytes(StandardCharsets.UTF_8)); // last, as it should be dropped
        } catch (IOException e) {
            throw new UncheckedIOException(e); // there is no disk in between
        }
        return download(bytes.toByteArray(), name + "-" + number + ".zip", MediaType.parseMediaType("application/zip"));
    }

    private static void entry(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(bytes);
        zip.closeEntry();
    }

    private static ResponseEntity<byte[]> download(byte[] bytes, String name, MediaType type) {
        return ResponseEntity.ok().header(HttpHeaders.CONTENT_DISPOSITION,
                ContentDisposition.attachment().filename(name, StandardCharsets.UTF_8).build().toString())
                .contentType(type).body(bytes);
    }

    private List<CampaignView.Fact> parts(Version version) {
        return submissions.parts(version).entrySet().stream()
                .map(part -> new CampaignView.Fact(part.getKey(), Words.size(part.getValue().length))).toList();
    }

    private List<Changed> changes(Version before, Version after) {
        List<Changed> changes = new ArrayList<>();
        List<Differences.Line> file = Differences.of(before.source(), after.source());
        if (!file.isEmpty()) {
            changes.add(new Changed("the campaign file", "changed", file));
        }
        Map<String, byte[]> old = submissions.parts(before);
        Map<String, byte[]> now = submissions.parts(after);
        Set<String> names = new LinkedHashSet<>(now.keySet());
        names.addAll(old.keySet());
        for (String name : names) {
            byte[] was = old.get(name);
            byte[] is = now.get(name);
            if (was == null || is == null) {
                changes.add(new Changed(name, was == null ? "added" : "removed", List.of()));
            } else if (!Arrays.equals(was, is)) {
                boolean text = isText(name, before) && isText(name, after);
                changes.add(new Changed(name, "changed", text ? Differences.of(text(was), text(is)) : List.of()));
            }
        }
        return changes;
    }

    private static boolean isText(String name, Version version) {
        return name.equals(version.spec().html()) || name.equals(version.spec().text());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private Version version(Campaign campaign, int number) {
        try {
            return campaigns.version(campaign.id(), number);
        } catch (PermanentFault none) {
            throw CampaignPages.gone();
        }
    }
}
