package io.caravan.intake;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;

/** The free values of a campaign file: mailboxes, inline images, tags and vars. */
final class CampaignFileValues {

    private static final int MOST_TAGS = 50;
    private static final int MOST_VARS = 1000;
    private static final int DEEPEST = 8;
    private static final int LONGEST_TAG = 256;
    private static final int LONGEST_DISPLAY_NAME = 200;
    private static final Pattern CONTENT_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");
    private static final Pattern WHOLE = Pattern.compile("-?(0|[1-9]\\d{0,17})");
    private static final Pattern DECIMAL = Pattern.compile("-?(0|[1-9]\\d{0,14})\\.\\d{1,15}");

    private CampaignFileValues() {
    }

    /** What is wrong with {@code Display Name <mailbox>} or {@code mailbox}, or null (RFC 5322 section 3.4, one mailbox). */
    static @Nullable String wrongMailbox(String text) {
        if (text.codePoints().anyMatch(Character::isISOControl)) {
            return "there is a line break or control character in it; write it on one line";
        }
        int open = text.indexOf('<');
        String mailbox = text.strip();
        if (open >= 0) {
            if (!mailbox.endsWith(">") || text.lastIndexOf('<') != open || text.indexOf('>') != text.lastIndexOf('>')) {
                return "'" + shown(text) + "' is no mailbox; write \"Shop <news@shop.example>\" or news@shop.example";
            }
            if (text.substring(0, open).strip().length() > LONGEST_DISPLAY_NAME) {
                return "the name before the address is longer than " + LONGEST_DISPLAY_NAME + " characters; shorten it";
            }
            mailbox = text.substring(open + 1, text.lastIndexOf('>')).strip();
        }
        try {
            EmailAddress.parse(mailbox);
            return null;
        } catch (InvalidInput e) {
            return e.getMessage() + "; write \"Shop <news@shop.example>\" or news@shop.example";
        }
    }

    static Map<String, String> inline(CampaignFileSection root) {
        Map<String, String> images = new LinkedHashMap<>();
        CampaignFileSection inline = root.section("inline", "inline: {logo: logo.png}");
        if (inline == null) {
            return images;
        }
        if (inline.given().size() > CampaignFile.MOST_ATTACHMENTS) {
            root.problem("inline",
                    inline.given().size() + " images; at most " + CampaignFile.MOST_ATTACHMENTS + " are allowed");
        }
        for (String id : inline.given()) {
            if (!CONTENT_ID.matcher(id).matches()) {
                inline.problem(id,
                        "a content id has letters, digits, dot, - and _ only; rename it here and in the HTML's cid:");
            }
            String file = inline.file(id);
            if (file != null) {
                images.put(id, file);
            }
        }
        return images;
    }

    static Map<String, String> tags(CampaignFileSection root) {
        Map<String, String> tags = new LinkedHashMap<>();
        CampaignFileSection section = root.section("tags", "tags: {season: spring}");
        if (section == null) {
            return tags;
        }
        if (section.given().size() > MOST_TAGS) {
            root.problem("tags", section.given().size() + " tags; at most " + MOST_TAGS + " are allowed");
        }
        for (String key : section.given()) {
            if (!TAG.matcher(key).matches()) {
                section.problem(key, "a tag's name has letters, digits, - and _ only, at most 64");
            }
            String value = section.scalar(key);
            if (value != null) {
                tags.put(key, section.oneLine(key, value, LONGEST_TAG));
            }
        }
        return tags;
    }

    /** Scalars, and lists and maps of them, immutable. */
    static Map<String, Object> vars(CampaignFileSection root) {
        CampaignFileSection section = root.section("vars", "vars: {year: 2026}");
        Node node = root.node("vars");
        if (section == null || node == null) {
            return Map.of();
        }
        int count = count(node);
        if (count > MOST_VARS) {
            root.problem("vars", count + " values; at most " + MOST_VARS + " are allowed");
            return Map.of();
        }
        return map("vars.", (MappingNode) node, 1, root.problems());
    }

    private static int count(Node node) {
        return switch (node) {
            case MappingNode mapping ->
                1 + mapping.getValue().stream().mapToInt(pair -> count(pair.getValueNode())).sum();
            case SequenceNode list -> 1 + list.getValue().stream().mapToInt(CampaignFileValues::count).sum();
            default -> 1;
        };
    }

    private static Map<String, Object> map(String path, MappingNode mapping, int depth, CampaignFileProblems problems) {
        CampaignFileSection section = depth == 1 ? null : new CampaignFileSection(path, mapping, problems); // tells of doubles
        Map<String, Object> out = new LinkedHashMap<>();
        for (NodeTuple pair : mapping.getValue()) {
            String key = ((ScalarNode) pair.getKeyNode()).getValue();
            if (!VARIABLE.matcher(key).matches()) {
                problems.add(pair.getKeyNode(), path + shown(key),
                        path + shown(key) + ": templates cannot name it; use letters, digits and _, a letter first");
            }
            Object value = value(path + key, pair.getValueNode(), depth, problems);
            if (value != null && (section == null || section.has(key))) {
                out.put(key, value);
            }
        }
        return Collections.unmodifiableMap(out);
    }

    private static @Nullable Object value(String path, Node node, int depth, CampaignFileProblems problems) {
        if (depth > DEEPEST) {
            problems.add(node, path, path + ": more than " + DEEPEST + " levels deep; write it flatter");
            return null;
        }
        return switch (node) {
            case MappingNode mapping -> map(path + ".", mapping, depth + 1, problems);
            case SequenceNode list -> list(path, list, depth, problems);
            case ScalarNode scalar -> scalar(path, scalar, problems);
            default -> null;
        };
    }

    private static List<Object> list(String path, SequenceNode list, int depth, CampaignFileProblems problems) {
        List<Object> out = new ArrayList<>();
        for (Node item : list.getValue()) {
            Object value = value(path, item, depth + 1, problems);
            if (value != null) {
                out.add(value);
            }
        }
        return Collections.unmodifiableList(out);
    }

    /** YAML 1.2's reading: {@code NO} is Norway and {@code 007} keeps its zeros. */
    private static @Nullable Object scalar(String path, ScalarNode scalar, CampaignFileProblems problems) {
        String text = scalar.getValue();
        if (scalar.getScalarStyle() != ScalarStyle.PLAIN) {
            return text;
        }
        if (text.isEmpty() || text.equals("~") || text.equals("null")) {
            problems.add(scalar, path, path + ": the value is empty; write one, or leave the key out");
            return null;
        }
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> WHOLE.matcher(text).matches()
                    ? (Object) Long.valueOf(text)
                    : DECIMAL.matcher(text).matches() ? (Object) Double.valueOf(text) : text;
        };
    }

    /** For messages: short, and with nothing that could disturb a terminal. */
    static String shown(String text) {
        String clean = text.replaceAll("\\p{Cntrl}", "\uFFFD");
        return clean.length() <= 100 ? clean : clean.substring(0, 100) + "...";
    }
}
