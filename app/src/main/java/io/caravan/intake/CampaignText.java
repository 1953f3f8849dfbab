package io.caravan.intake;

import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;

import io.caravan.mail.InvalidInput;

/**
 * A campaign file as one changes it key by key. What is not changed stays as it was written, comments and order and keys that nobody here
 * knows; whether the whole is right is {@link CampaignFile}'s to say.
 */
public final class CampaignText {

    private final MappingNode root;

    private CampaignText(MappingNode root) {
        this.root = root;
    }

    /**
     * @param  yaml         a campaign file, perhaps not whole; an empty one has no keys
     * @throws InvalidInput if it is no group of keys
     */
    public static CampaignText of(String yaml) {
        Node node = read(yaml, "campaign");
        return new CampaignText(node == null
                ? new MappingNode(Tag.MAP, new ArrayList<>(), FlowStyle.BLOCK)
                : (MappingNode) node);
    }

    /** The value as written, {@code ""} if there is none or it is no single value. Path: {@code schedule.misfire.late}. */
    public String scalar(String path) {
        return find(path) instanceof ScalarNode scalar && !Tag.NULL.equals(scalar.getTag()) ? scalar.getValue() : "";
    }

    public boolean has(String path) {
        return find(path) != null;
    }

    /** The list's single values; one value alone is a list of one. */
    public List<String> list(String path) {
        Node node = find(path);
        List<Node> items = node instanceof SequenceNode list
                ? list.getValue()
                : node instanceof ScalarNode ? List.of(node) : List.of();
        return items.stream().filter(ScalarNode.class::isInstance).map(item -> ((ScalarNode) item).getValue()).toList();
    }

    /** The keys of a group, in their order. */
    public List<String> keys(String path) {
        return find(path) instanceof MappingNode group
                ? group.getValue().stream().map(CampaignText::key).toList()
                : List.of();
    }

    /** The group as a text of its own, {@code ""} if it is not there. */
    public String block(String path) {
        Node node = find(path);
        if (node instanceof MappingNode group && group.getFlowStyle() == FlowStyle.FLOW) {
            return written(new MappingNode(Tag.MAP, group.getValue(), FlowStyle.BLOCK));
        }
        return node == null ? "" : written(node);
    }

    /** Sets one value; a blank one takes the key out, and a group that is then empty. */
    public CampaignText set(String path, String value) {
        if (value.isBlank()) {
            return remove(path);
        }
        Node before = find(path);
        ScalarStyle style = before instanceof ScalarNode scalar ? scalar.getScalarStyle() : ScalarStyle.PLAIN;
        boolean same = before instanceof ScalarNode scalar && scalar.getValue().equals(value);
        return same ? this : put(path, new ScalarNode(Tag.STR, value, null, null, style));
    }

    /** Sets a list; an empty one takes the key out. */
    public CampaignText set(String path, List<String> values) {
        if (values.isEmpty()) {
            return remove(path);
        }
        if (values.equals(list(path))) {
            return this;
        }
        List<Node> items = new ArrayList<>();
        values.forEach(value -> items.add(new ScalarNode(Tag.STR, value, null, null, ScalarStyle.PLAIN)));
        return put(path, new SequenceNode(Tag.SEQ, items, FlowStyle.FLOW));
    }

    /**
     * Sets a group from a text of its own; a blank one takes the key out.
     *
     * @throws InvalidInput if the text is no group of keys
     */
    public CampaignText setBlock(String path, String yaml) {
        if (yaml.isBlank()) {
            return remove(path);
        }
        if (yaml.strip().equals(block(path).strip())) {
            return this;
        }
        Node node = read(yaml, path);
        return node == null ? remove(path) : put(path, node);
    }

    public CampaignText remove(String path) {
        int dot = path.lastIndexOf('.');
        Node group = dot < 0 ? root : find(path.substring(0, dot));
        if (group instanceof MappingNode mapping
                && mapping.getValue().removeIf(pair -> key(pair).equals(path.substring(dot + 1))) && dot >= 0
                && mapping.getValue().isEmpty()) {
            remove(path.substring(0, dot));
        }
        return this;
    }

    /** Takes out what is none of the keys of a campaign file, in every group that has known ones. */
    public CampaignText keepKnown() {
        keep("", CampaignFile.KEYS);
        keep("audience", CampaignFileAudience.KEYS);
        keep("schedule", CampaignFileSchedule.KEYS);
        return this;
    }

    private void keep(String path, Collection<String> known) {
        (path.isEmpty() ? root.getValue().stream().map(CampaignText::key).toList() : keys(path)).stream()
                .filter(key -> !known.contains(key)).forEach(key -> remove(path.isEmpty() ? key : path + "." + key));
    }

    /** The whole campaign file. */
    public String text() {
        return root.getValue().isEmpty() ? "" : written(root);
    }

    private CampaignText put(String path, Node value) {
        MappingNode group = root;
        String[] keys = path.split("\\.");
        for (int i = 0; i < keys.length - 1; i++) {
            Node inner = value(group, keys[i]);
            if (!(inner instanceof MappingNode)) {
                inner = new MappingNode(Tag.MAP, new ArrayList<>(), FlowStyle.BLOCK);
                replace(group, keys[i], inner);
            }
            group = (MappingNode) inner;
        }
        replace(group, keys[keys.length - 1], value);
        return this;
    }

    private static void replace(MappingNode group, String key, Node value) {
        List<NodeTuple> pairs = group.getValue();
        for (int i = 0; i < pairs.size(); i++) {
            if (key(pairs.get(i)).equals(key)) {
                pairs.set(i, new NodeTuple(pairs.get(i).getKeyNode(), value));
                return;
            }
        }
        pairs.add(new NodeTuple(new ScalarNode(Tag.STR, key, null, null, ScalarStyle.PLAIN), value));
    }

    private @Nullable Node find(String path) {
        Node node = root;
        for (String key : path.split("\\.")) {
            node = node instanceof MappingNode mapping ? value(mapping, key) : null;
        }
        return node;
    }

    private static @Nullable Node value(MappingNode mapping, String key) {
        return mapping.getValue().stream().filter(pair -> key(pair).equals(key)).findFirst()
                .map(NodeTuple::getValueNode).orElse(null);
    }

    private static String key(NodeTuple pair) {
        return pair.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
    }

    /** Read as a campaign file is: data only. Null: there is nothing in it. */
    private static @Nullable Node read(String yaml, String name) {
        if (yaml.isBlank()) {
            return null;
        }
        CampaignFileProblems problems = new CampaignFileProblems(name);
        if (CampaignFileYaml.read(yaml, problems) == null) {
            throw problems.asFault();
        }
        return yaml().compose(new StringReader(yaml.startsWith("\ufeff") ? yaml.substring(1) : yaml));
    }

    private static String written(Node node) {
        StringWriter out = new StringWriter();
        yaml().serialize(node, out);
        return out.toString();
    }

    private static Yaml yaml() {
        LoaderOptions in = new LoaderOptions();
        in.setProcessComments(true);
        in.setMaxAliasesForCollections(0);
        DumperOptions out = new DumperOptions();
        out.setProcessComments(true);
        out.setAllowUnicode(true);
        out.setWidth(120);
        out.setSplitLines(false);
        out.setDefaultFlowStyle(FlowStyle.BLOCK);
        return new Yaml(new SafeConstructor(in), new Representer(out), out, in);
    }
}
