package io.caravan.intake;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** The keys of one mapping in a campaign file, asked for by type. Each answer that cannot be given is a problem, and a harmless value. */
final class CampaignFileSection {

    private static final int LONGEST_FILE_NAME = 200;

    private final String path;
    private final MappingNode mapping;
    private final CampaignFileProblems problems;
    private final Map<String, Node> values = new LinkedHashMap<>();

    CampaignFileSection(String path, MappingNode mapping, CampaignFileProblems problems) {
        this.path = path;
        this.mapping = mapping;
        this.problems = problems;
        for (NodeTuple pair : mapping.getValue()) {
            String key = ((ScalarNode) pair.getKeyNode()).getValue();
            if (values.putIfAbsent(key, pair.getValueNode()) != null) {
                problems.add(pair.getKeyNode(), path + key, "'" + path + key + "' is given twice; keep one of them");
            }
        }
    }

    /** In the order given, as hints list them. */
    static Set<String> keys(String... keys) {
        return Collections.unmodifiableSet(new LinkedHashSet<>(List.of(keys)));
    }

    void known(Set<String> keys) {
        for (NodeTuple pair : mapping.getValue()) {
            String key = ((ScalarNode) pair.getKeyNode()).getValue();
            if (!keys.contains(key)) {
                problems.add(pair.getKeyNode(), path + key,
                        "unknown key '" + path + key + "'; the nearest known key is '" + path + nearest(key, keys)
                                + "'");
            }
        }
    }

    Set<String> given() {
        return values.keySet();
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /** What is wrong is that the key is not there. */
    void missing(String key, String text) {
        problems.add(mapping, path + key, text);
    }

    void problem(String key, String text) {
        Node node = values.get(key);
        problems.add(node == null ? mapping : node, path + key, path + key + ": " + text);
    }

    @Nullable
    Node node(String key) {
        return values.get(key);
    }

    CampaignFileProblems problems() {
        return problems;
    }

    /** The value as it is written, whatever YAML takes it for: {@code name: 007} stays {@code 007}. */
    @Nullable
    String scalar(String key) {
        Node node = values.get(key);
        return node == null ? null : scalar(key, node);
    }

    private @Nullable String scalar(String key, Node node) {
        if (!(node instanceof ScalarNode scalar)) {
            problems.add(node, path + key,
                    path + key
                            + ": one value is wanted here, not a list or a group of keys; put it in quotes if it has "
                            + "braces or brackets");
            return null;
        }
        if (Tag.NULL.equals(node.getTag()) || scalar.getValue().isBlank()) {
            problems.add(node, path + key, path + key + ": the value is empty; write one, or leave the key out");
            return null;
        }
        return scalar.getValue();
    }

    /** @return {@code ""} if it is not there, with the problem told */
    String required(String key, String hint) {
        if (!has(key)) {
            missing(key, path + key + " is missing; " + hint);
            return "";
        }
        String value = scalar(key);
        return value == null ? "" : value;
    }

    String name(String key, String value) {
        if (!value.isEmpty() && !CampaignFile.isName(value)) {
            problem(key, "'" + value + "' is no name; use letters, digits, - and _, at most 100");
        }
        return value;
    }

    String oneLine(String key, String value, int longest) {
        if (value.codePoints().anyMatch(Character::isISOControl)) {
            problem(key, "there is a line break or control character in it; write it on one line");
        }
        if (value.length() > longest) {
            problem(key, "it is " + value.length() + " characters long; at most " + longest + " are allowed");
        }
        return value;
    }

    String mailbox(String key, String value) {
        if (!value.isEmpty()) {
            String wrong = CampaignFileValues.wrongMailbox(value);
            if (wrong != null) {
                problem(key, wrong);
            }
        }
        return value;
    }

    @Nullable
    String file(String key) {
        String value = scalar(key);
        return value != null && fileName(key, value) ? value : null;
    }

    /** True for a plain file name: what a campaign file names must lie beside it or among the stored templates, nowhere else. */
    boolean fileName(String key, String value) {
        String wrong = value.indexOf('/') >= 0 || value.indexOf('\\') >= 0
                ? "has a folder in it; put the file beside the campaign file and write its name only"
                : value.startsWith(".")
                        ? "begins with a dot; give the file a visible name"
                        : value.codePoints().anyMatch(Character::isISOControl)
                                ? "has a control character in it; rename the file"
                                : value.getBytes(StandardCharsets.UTF_8).length > LONGEST_FILE_NAME
                                        ? "is longer than " + LONGEST_FILE_NAME + " bytes; shorten it"
                                        : null;
        if (wrong != null) {
            problem(key, "the file name '" + CampaignFileValues.shown(value) + "' " + wrong);
        }
        return wrong == null;
    }

    /** The list's scalars; one scalar alone is a list of one. Empty if the key is not there. */
    List<String> list(String key) {
        Node node = values.get(key);
        List<String> out = new ArrayList<>();
        if (node instanceof SequenceNode sequence) {
            for (Node item : sequence.getValue()) {
                String value = scalar(key, item);
                if (value != null) {
                    out.add(value);
                }
            }
        } else if (node != null) {
            problem(key, "a list is wanted here, as in " + key + ": [one, two]");
        }
        return out;
    }

    @Nullable
    CampaignFileSection section(String key, String example) {
        Node node = values.get(key);
        if (node instanceof MappingNode group) {
            return new CampaignFileSection(path + key + ".", group, problems);
        }
        if (node != null) {
            problem(key, "a group of keys is wanted here, as in " + example);
        }
        return null;
    }

    <T> T choice(String key, Map<String, T> words, T otherwise) {
        String value = scalar(key);
        if (value == null) {
            return otherwise;
        }
        T chosen = words.get(value);
        if (chosen == null) {
            problem(key,
                    "'" + value + "' is none of " + String.join(", ", new TreeSet<>(words.keySet()))
                            + "; the nearest is '"
                            + nearest(value, words.keySet()) + "'");
            return otherwise;
        }
        return chosen;
    }

    static String nearest(String word, Collection<String> known) {
        String best = "";
        int least = Integer.MAX_VALUE;
        for (String candidate : known) {
            int distance = distance(word.toLowerCase(Locale.ROOT).replace('-', '_'),
                    candidate.toLowerCase(Locale.ROOT));
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best;
    }

    /** Levenshtein's, on the first hundred characters. */
    private static int distance(String a, String b) {
        String from = a.substring(0, Math.min(a.length(), 100));
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (from.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
