package io.caravan.flow;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.intake.CampaignFile;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.InvalidInput.Problem;
import io.caravan.mail.TemporaryFault;
import io.caravan.rendering.MailLimits;
import io.caravan.scheduling.Firings;

/** Reads a campaign file and all that it names into memory, within the bounds of a mail. */
@Component
public class CampaignReader {

    private final StoredTemplates stored;
    private final MailLimits limits;

    public CampaignReader(StoredTemplates stored, MailLimits limits) {
        this.stored = stored;
        this.limits = limits;
    }

    /**
     * @throws InvalidInput   with every problem: the file's own, or those of the files that it names
     * @throws TemporaryFault if the disk does not answer
     */
    public CampaignParts read(Path campaignFile) {
        String name = campaignFile.getFileName().toString();
        String source = source(campaignFile, name);
        CampaignSpec spec = CampaignFile.parse(name, source);
        Map<String, byte[]> files = new LinkedHashMap<>();
        List<Path> beside = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        schedule(spec.schedule()).ifPresent(
                problem -> problems.add(new Problem("schedule.cron", where(name, source, "cron"), problem)));
        for (String file : named(spec)) {
            Path own = campaignFile.resolveSibling(file);
            boolean isBeside = Files.exists(own, LinkOption.NOFOLLOW_LINKS);
            if (isBeside && !Files.isRegularFile(own, LinkOption.NOFOLLOW_LINKS)) {
                problems.add(new Problem(field(spec, file), where(name, source, file), "'" + file
                        + "' is a link or no ordinary file; put the file itself beside the campaign file"));
                continue;
            }
            Optional<byte[]> bytes = isBeside ? Optional.of(bytes(own, limits.mailBytes() + 1L)) : stored.find(file);
            if (bytes.isEmpty()) {
                problems.add(new Problem(field(spec, file), where(name, source, file), "there is no file '" + file
                        + "'; put it beside the campaign file, or among the stored templates"));
                continue;
            }
            files.put(file, bytes.get());
            if (isBeside) {
                beside.add(own);
            }
            boolean template = file.equals(spec.html()) || file.equals(spec.text());
            if (template && bytes.get().length > limits.templateBytes()) {
                problems.add(new Problem(field(spec, file), where(name, source, file), "the template '" + file
                        + "' is larger than " + size(limits.templateBytes()) + "; move images out of it (inline:)"));
            }
        }
        if (files.values().stream().mapToLong(bytes -> bytes.length).sum() > limits.mailBytes()) {
            problems.add(new Problem("attachments", name + ":1", "the files together are larger than "
                    + size(limits.mailBytes()) + "; take attachments or images out, or link to them"));
        }
        if (!problems.isEmpty()) {
            throw InvalidInput.of(problems);
        }
        return new CampaignParts(spec, source, files, beside);
    }

    /** What the scheduler would not understand. */
    private static Optional<String> schedule(CampaignSpec.@Nullable Schedule schedule) {
        if (schedule == null || schedule.cron() == null) {
            return Optional.empty();
        }
        try {
            boolean fires = !Firings.next(schedule, Instant.EPOCH, 1).isEmpty();
            return fires ? Optional.empty() : Optional.of("schedule.cron: it names no day that ever comes; correct it");
        } catch (InvalidInput e) {
            return Optional.of("schedule.cron: " + e.getMessage());
        }
    }

    /** The files that a campaign names, each once: templates, attachments, inline images. */
    static Set<String> named(CampaignSpec spec) {
        Set<String> names = new LinkedHashSet<>();
        if (spec.html() != null) {
            names.add(spec.html());
        }
        if (spec.text() != null) {
            names.add(spec.text());
        }
        names.addAll(spec.attachments());
        names.addAll(spec.inline().values());
        return names;
    }

    /** The key that names the file: {@code html}, {@code inline.logo}. */
    static String field(CampaignSpec spec, String file) {
        if (file.equals(spec.html())) {
            return "html";
        }
        if (file.equals(spec.text())) {
            return "text";
        }
        return spec.inline().entrySet().stream().filter(image -> image.getValue().equals(file))
                .map(image -> "inline." + image.getKey()).findFirst().orElse("attachments");
    }

    private static String where(String name, String source, String file) {
        return name + ":" + line(source, file);
    }

    /** The first line that holds the word, from 1: good enough to find it in an editor. */
    static int line(String source, String word) {
        int at = Math.max(0, source.indexOf(word));
        return 1 + (int) source.substring(0, at).chars().filter(c -> c == '\n').count();
    }

    /** {@code 512 kB}, {@code 10 MB}. */
    private static String size(int bytes) {
        return bytes % (1 << 20) == 0
                ? (bytes >> 20) + " MB"
                : bytes % 1024 == 0 ? (bytes >> 10) + " kB" : bytes + " B";
    }

    static String source(Path file, String name) {
        byte[] bytes = bytes(file, CampaignFile.LARGEST + 1);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            if (bytes.length > CampaignFile.LARGEST) { // cut within a character
                return new String(bytes, StandardCharsets.UTF_8);
            }
            throw new InvalidInput(name + ":1: the file is not UTF-8; save it as UTF-8", e);
        }
    }

    private static byte[] bytes(Path file, long most) {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return in.readNBytes((int) most);
        } catch (IOException e) {
            throw new TemporaryFault(
                    "the file " + file + " cannot be read: " + e.getMessage() + "; check its permissions", e);
        }
    }
}
