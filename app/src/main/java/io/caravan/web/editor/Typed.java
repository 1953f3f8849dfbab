package io.caravan.web.editor;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.caravan.campaign.Draft;
import io.caravan.flow.CampaignDrafts;
import io.caravan.flow.DraftFault;
import io.caravan.intake.CampaignText;
import io.caravan.mail.InvalidInput;

/** A draft with what a person typed into it, before it is saved. */
final class Typed {

    private final Draft draft;
    private final CampaignText text;
    private final Map<String, Long> contents;
    private final Map<String, byte[]> fresh = new LinkedHashMap<>();
    private final List<DraftFault> faults = new ArrayList<>();
    private final Map<String, String> unsaved = new LinkedHashMap<>();

    Typed(Draft draft) {
        this.draft = draft;
        text = CampaignDrafts.text(draft);
        contents = new LinkedHashMap<>(draft.contents());
    }

    Draft draft() {
        return draft;
    }

    CampaignText text() {
        return text;
    }

    /** What could not be written into a campaign file at all. */
    List<DraftFault> faults() {
        return faults;
    }

    /** A group of keys as a person typed it; one that is no YAML is told of and shown again, not saved. */
    void block(String key, String yaml) {
        try {
            text.setBlock(key, yaml);
        } catch (InvalidInput e) {
            unsaved.put(key, yaml);
            e.problems().forEach(problem -> faults.add(new DraftFault(key,
                    "line " + problem.replaceFirst("^" + key + ":(\\d+): ", "$1: ") + " (not saved)")));
        }
    }

    String block(String key) {
        return unsaved.getOrDefault(key, text.block(key));
    }

    void file(String name, byte[] bytes) {
        fresh.put(name, bytes);
    }

    void remove(String name) {
        contents.remove(name);
        fresh.remove(name);
    }

    boolean hasFile(String name) {
        return contents.containsKey(name) || fresh.containsKey(name);
    }

    /** A file's text with plain line ends; "" if it is not there. */
    String words(CampaignDrafts drafts, String file) {
        byte[] bytes = fresh.get(file);
        Long id = contents.get(file);
        byte[] found = bytes != null ? bytes : id == null ? new byte[0] : drafts.bytes(id);
        return new String(found, StandardCharsets.UTF_8).replace("\r\n", "\n");
    }

    long size(CampaignDrafts drafts, String file) {
        byte[] bytes = fresh.get(file);
        Long id = contents.get(file);
        return bytes != null ? bytes.length : id == null ? 0 : drafts.bytes(id).length;
    }

    /** All files, those not yet kept among them. */
    Map<String, byte[]> files(CampaignDrafts drafts) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        contents.forEach((name, id) -> files.put(name, drafts.bytes(id)));
        files.putAll(fresh);
        return files;
    }

    /** To be saved upon the edit that the person read. */
    Draft whole(CampaignDrafts drafts, long edit) {
        Map<String, Long> kept = new LinkedHashMap<>(contents);
        fresh.forEach((name, bytes) -> kept.put(name, drafts.keep(bytes)));
        return draft.upon(edit).saying(text.text()).naming(kept);
    }
}
