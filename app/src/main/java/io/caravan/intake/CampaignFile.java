package io.caravan.intake;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.CampaignSpec;
import io.caravan.mail.InDoubtPolicy;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.Rate;

/**
 * A campaign file, {@code NAME.campaign.yaml}: text in, a checked {@link CampaignSpec} out, or every problem at once.
 *
 * <p>The YAML is read as data only: no tags, no anchors and aliases, no duplicate keys, no more than {@link #LARGEST} bytes. Unknown keys
 * are problems, since a misspelt {@code exclude} would mail those who should have been left out.
 */
public final class CampaignFile {

    /** How a campaign file's name ends. */
    public static final String ENDING = ".campaign.yaml";
    /** Bytes of UTF-8. */
    public static final int LARGEST = 512 * 1024;
    static final int MOST_ATTACHMENTS = 50;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,100}");
    private static final int LONGEST_SUBJECT = 998; // RFC 5322 section 2.1.1
    static final Set<String> KEYS = CampaignFileSection.keys("name", "from", "reply_to", "subject", "html",
            "text",
            "attachments", "inline", "audience", "schedule", "rate", "workflow", "in_doubt", "tags", "vars");

    private CampaignFile() {
    }

    /**
     * @param  fileName     the file's own name: it stands before each problem, and names the CSV when {@code audience} does not
     * @throws InvalidInput with every problem, each {@code file:line: what; what to do}
     */
    public static CampaignSpec parse(String fileName, String yaml) {
        CampaignFileProblems problems = new CampaignFileProblems(fileName);
        if (yaml.getBytes(StandardCharsets.UTF_8).length > LARGEST) {
            problems.add(1, "the file is larger than " + LARGEST / 1024
                    + " kB; move texts into html: and text: files beside it");
            throw problems.asFault();
        }
        CampaignFileSection root = CampaignFileYaml.read(yaml, problems);
        if (root == null) {
            throw problems.asFault();
        }
        CampaignSpec spec = read(root, fileName);
        problems.throwIfAny();
        return spec;
    }

    private static CampaignSpec read(CampaignFileSection root, String fileName) {
        root.known(KEYS);
        String name = root.name("name", root.required("name", "give the campaign a name, as in name: spring-2026"));
        String from = root.mailbox("from",
                root.required("from", "write who it is from, as in from: \"Shop <news@shop.example>\""));
        String replyTo = root.scalar("reply_to");
        if (replyTo != null) {
            root.mailbox("reply_to", replyTo);
        }
        String subject = root.oneLine("subject",
                root.required("subject", "every mail needs one, as in subject: News for you"),
                LONGEST_SUBJECT);
        String html = root.file("html");
        String text = root.file("text");
        if (html == null && text == null && !root.has("html") && !root.has("text")) {
            root.missing("html",
                    "html and text are both missing; name a file for at least one, as in html: spring.html");
        }
        return new CampaignSpec(name, from, replyTo, subject, html, text, attachments(root),
                CampaignFileValues.inline(root),
                CampaignFileAudience.read(root, stem(fileName)), CampaignFileSchedule.read(root), rate(root),
                workflow(root),
                inDoubt(root), CampaignFileValues.tags(root), CampaignFileValues.vars(root));
    }

    private static List<String> attachments(CampaignFileSection root) {
        List<String> files = root.list("attachments").stream().filter(file -> root.fileName("attachments", file))
                .toList();
        if (files.size() > MOST_ATTACHMENTS) {
            root.problem("attachments", files.size() + " attachments; at most " + MOST_ATTACHMENTS + " are allowed");
        }
        if (Set.copyOf(files).size() < files.size()) {
            root.problem("attachments", "a file is attached twice; name each once");
        }
        return files;
    }

    private static @Nullable Rate rate(CampaignFileSection root) {
        String text = root.scalar("rate");
        try {
            return text == null ? null : Rate.parse(text);
        } catch (InvalidInput e) {
            root.problem("rate", String.valueOf(e.getMessage()));
            return null;
        }
    }

    private static String workflow(CampaignFileSection root) {
        String text = root.scalar("workflow");
        return text == null ? CampaignSpec.STANDARD : root.name("workflow", text);
    }

    private static InDoubtPolicy inDoubt(CampaignFileSection root) {
        return root.choice("in_doubt", Map.of("hold", InDoubtPolicy.HOLD, "resend", InDoubtPolicy.RESEND),
                InDoubtPolicy.HOLD);
    }

    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** {@code spring.campaign.yaml} -> {@code spring}; another name loses its last ending. */
    private static String stem(String fileName) {
        if (fileName.toLowerCase(Locale.ROOT).endsWith(ENDING)) {
            return fileName.substring(0, fileName.length() - ENDING.length());
        }
        int dot = fileName.lastIndexOf('.');
        return dot < 1 ? fileName : fileName.substring(0, dot);
    }
}
