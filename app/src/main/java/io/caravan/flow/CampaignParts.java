package io.caravan.flow;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.caravan.intake.CampaignFile;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.TemporaryFault;

/**
 * A campaign file and all that it names, read into memory.
 *
 * @param source the campaign file's text
 * @param files  by the name that the campaign file uses
 * @param beside those of them that lie beside the campaign file
 */
public record CampaignParts(CampaignSpec spec, String source, Map<String, byte[]> files, List<Path> beside) {

    private static final int LARGEST_TEMPLATE = 512 * 1024;
    private static final long LARGEST_MAIL = 10L * 1024 * 1024;

    /**
     * @throws InvalidInput   with every problem: the file's own, or those of the files that it names
     * @throws TemporaryFault if the disk does not answer
     */
    public static CampaignParts read(Path campaignFile, StoredTemplates stored) {
        String name = campaignFile.getFileName().toString();
        String source = source(campaignFile, name);
        CampaignSpec spec = CampaignFile.parse(name, source);
        Map<String, byte[]> files = new LinkedHashMap<>();
        List<Path> beside = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        long total = 0;
        for (String file : named(spec)) {
            Path own = campaignFile.resolveSibling(file);
            boolean template = file.equals(spec.html()) || file.equals(spec.text());
            String where = name + ":" + line(source, file) + ": ";
            if (Files.exists(own, LinkOption.NOFOLLOW_LINKS)) {
                if (!Files.isRegularFile(own, LinkOption.NOFOLLOW_LINKS)) {
                    problems.add(where + "'" + file
                            + "' is a link or no ordinary file; put the file itself beside the campaign file");
                    continue;
                }
                files.put(file, bytes(own, LARGEST_MAIL + 1));
                beside.add(own);
            } else {
                stored.find(file).ifPresentOrElse(bytes -> files.put(file, bytes), () -> problems
                        .add(where + "there is no file '" + file
                                + "'; put it beside the campaign file, or among the stored templates"));
            }
            int size = files.getOrDefault(file, new byte[0]).length;
            if (template && size > LARGEST_TEMPLATE) {
                problems.add(
                        where + "the template '" + file + "' is larger than 512 kB; move images out of it (inline:)");
            }
            total += size;
        }
        if (total > LARGEST_MAIL) {
            problems.add(name
                    + ":1: the files together are larger than 10 MB; take attachments or images out, or link to them");
        }
        if (!problems.isEmpty()) {
            throw new InvalidInput(problems);
        }
        return new CampaignParts(spec, source, files, beside);
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

    /** The first line that holds the word, from 1: good enough to find it in an editor. */
    static int line(String source, String word) {
        int at = Math.max(0, source.indexOf(word));
        return 1 + (int) source.substring(0, at).chars().filter(c -> c == '\n').count();
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
