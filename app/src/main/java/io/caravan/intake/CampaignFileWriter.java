package io.caravan.intake;

import java.io.StringReader;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

import io.caravan.mail.CampaignSpec;
import io.caravan.mail.InvalidInput;

/** Campaign files that programs write: from keys and values, and from another campaign's file. */
public final class CampaignFileWriter {

    private CampaignFileWriter() {
    }

    /** The text of a campaign file with these keys, in their order. What they hold is for {@link CampaignFile#parse} to judge. */
    public static String yaml(Map<String, ?> keys) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setWidth(120);
        options.setAllowUnicode(true);
        return new Yaml(options).dump(keys);
    }

    /**
     * The same campaign under another name and as a draft: its text with the name changed, the schedule taken out, and the audience
     * written down if it was the CSV of the old name. Comments and order stay.
     *
     * @param  fileName     the old file's name: it names the CSV when {@code audience} does not
     * @throws InvalidInput if the new name is no name
     */
    public static String draft(String fileName, String source, String newName) {
        if (!CampaignFile.isName(newName)) {
            throw new InvalidInput("'" + newName + "' cannot be a campaign's name; use letters, digits, - and _,"
                    + " at most 100");
        }
        CampaignSpec old = CampaignFile.parse(fileName, source);
        Edit edit = new Edit(source.startsWith("\ufeff") ? source.substring(1) : source);
        edit.remove("schedule");
        edit.replace("name", newName);
        String csv = old.audience().csv();
        if (csv != null) {
            edit.supply("audience", "csv", csv);
        }
        CampaignSpec copy = CampaignFile.parse(fileName, edit.text);
        if (!copy.name().equals(newName) || copy.schedule() != null || !copy.audience().equals(old.audience())) {
            throw new InvalidInput("the file " + fileName + " cannot be copied by itself; download it, change its name,"
                    + " and drop it again");
        }
        return edit.text;
    }

    /** Changes of a text by the places that its YAML nodes have. */
    private static final class Edit {
        private String text;

        Edit(String text) {
            this.text = text;
        }

        void remove(String key) {
            MappingNode root = root();
            for (int i = 0; i < root.getValue().size(); i++) {
                NodeTuple pair = root.getValue().get(i);
                if (is(pair, key)) {
                    boolean last = i + 1 == root.getValue().size();
                    int end = last
                            ? end(pair.getValueNode())
                            : start(root.getValue().get(i + 1).getKeyNode());
                    text = text.substring(0, start(pair.getKeyNode())) + text.substring(end);
                    return;
                }
            }
        }

        void replace(String key, String value) {
            Node node = value(root(), key);
            if (node != null) {
                boolean plain = Character.isLetter(value.charAt(0))
                        && !value.matches("(?i)true|false|null|yes|no|on|off");
                text = text.substring(0, start(node)) + (plain ? value : '"' + value + '"') + text.substring(end(node));
            }
        }

        /** Writes a section's CSV down where neither it nor a list is named. */
        void supply(String section, String key, String value) {
            MappingNode root = root();
            Node there = value(root, section);
            if (there == null) {
                insert(root, section, "{" + key + ": \"" + value + "\"}");
            } else if (there instanceof MappingNode mapping && !mapping.getValue().isEmpty()
                    && value(mapping, key) == null) {
                insert(mapping, key, '"' + value + '"');
            }
        }

        private void insert(MappingNode before, String key, String value) {
            Node first = before.getValue().getFirst().getKeyNode();
            boolean flow = before.getFlowStyle() == DumperOptions.FlowStyle.FLOW;
            String entry = key + ": " + value + (flow ? ", " : "\n" + " ".repeat(first.getStartMark().getColumn()));
            text = text.substring(0, start(first)) + entry + text.substring(start(first));
        }

        private MappingNode root() {
            Node root = new Yaml(new SafeConstructor(new LoaderOptions())).compose(new StringReader(text));
            return (MappingNode) Objects.requireNonNull(root); // it was parsed before
        }

        private static @Nullable Node value(MappingNode mapping, String key) {
            return mapping.getValue().stream().filter(pair -> is(pair, key)).findFirst().map(NodeTuple::getValueNode)
                    .orElse(null);
        }

        private static boolean is(NodeTuple pair, String key) {
            return pair.getKeyNode() instanceof ScalarNode scalar && scalar.getValue().equals(key);
        }

        private int start(Node node) {
            return text.offsetByCodePoints(0, node.getStartMark().getIndex());
        }

        private int end(Node node) {
            return text.offsetByCodePoints(0, node.getEndMark().getIndex());
        }
    }
}
