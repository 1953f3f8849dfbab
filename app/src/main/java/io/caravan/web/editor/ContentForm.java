package io.caravan.web.editor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.springframework.web.multipart.MultipartFile;

import io.caravan.flow.CampaignDrafts;
import io.caravan.intake.CampaignText;

/**
 * What the step of the content asks for.
 *
 * @param attach  new attachments
 * @param picture new images inside the mail; their content id is the name without its ending
 */
record ContentForm(@Nullable String from, @Nullable String replyTo, @Nullable String subject, @Nullable String html,
        @Nullable String text, @Nullable String tags, @Nullable String vars,
        @Nullable List<MultipartFile> attach, @Nullable List<MultipartFile> picture) {

    /** @param drop files to take out */
    void into(Typed typed, CampaignDrafts drafts, List<String> drop) {
        CampaignText campaign = typed.text();
        campaign.set("from", line(from)).set("reply_to", line(replyTo)).set("subject", line(subject));
        words(typed, drafts, "html", string(html), ".html");
        words(typed, drafts, "text", string(text), ".txt");
        typed.block("tags", string(tags));
        typed.block("vars", string(vars));
        for (String name : drop) {
            dropped(typed, name);
        }
        for (MultipartFile file : given(attach)) {
            String name = name(file, campaign);
            typed.file(name, bytes(file));
            List<String> all = new ArrayList<>(campaign.list("attachments"));
            if (!all.contains(name)) {
                all.add(name);
            }
            campaign.set("attachments", all);
        }
        for (MultipartFile file : given(picture)) {
            String name = name(file, campaign);
            typed.file(name, bytes(file));
            campaign.set("inline." + stem(name), name);
        }
    }

    private static void dropped(Typed typed, String name) {
        CampaignText campaign = typed.text();
        campaign.set("attachments", campaign.list("attachments").stream().filter(file -> !file.equals(name)).toList());
        campaign.keys("inline").stream().filter(id -> campaign.scalar("inline." + id).equals(name))
                .forEach(id -> campaign.remove("inline." + id));
        typed.remove(name);
    }

    /** Texts live in files of the campaign's name, unless the campaign file names others. The same text again is the same file. */
    private static void words(Typed typed, CampaignDrafts drafts, String key, String written, String ending) {
        CampaignText campaign = typed.text();
        String file = campaign.scalar(key);
        if (written.isBlank()) {
            campaign.remove(key);
            typed.remove(file);
            return;
        }
        String name = file.isEmpty() ? typed.draft().name() + ending : file;
        String plain = written.replace("\r\n", "\n");
        campaign.set(key, name);
        if (!typed.hasFile(name) || !typed.words(drafts, name).equals(plain)) {
            typed.file(name, plain.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static List<MultipartFile> given(@Nullable List<MultipartFile> files) {
        return files == null ? List.of() : files.stream().filter(file -> !file.isEmpty()).toList();
    }

    /** The last part of what the browser calls it; never the name of one of the texts. */
    private static String name(MultipartFile file, CampaignText campaign) {
        String name = Objects.requireNonNullElse(file.getOriginalFilename(), "file").replaceAll(".*[/\\\\]", "")
                .strip();
        boolean isText = name.equals(campaign.scalar("html")) || name.equals(campaign.scalar("text"));
        return isText ? "attached-" + name : name;
    }

    private static String stem(String name) {
        String stem = name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : name;
        String id = stem.replaceAll("[^A-Za-z0-9_-]+", "-"); // no dots: a path of keys is written with them
        return id.substring(0, Math.min(64, id.length()));
    }

    private static byte[] bytes(MultipartFile file) {
        try {
            return file.getBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String line(@Nullable String value) {
        return string(value).strip();
    }

    private static String string(@Nullable String value) {
        return value == null ? "" : value;
    }
}
