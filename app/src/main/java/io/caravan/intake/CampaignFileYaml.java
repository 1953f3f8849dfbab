package io.caravan.intake;

import java.io.StringReader;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.reader.ReaderException;

/** Text to a tree of YAML nodes, with whatever makes YAML more than data refused. Nothing is ever constructed from a tag. */
final class CampaignFileYaml {

    private static final int DEEPEST = 20;
    private static final Set<Tag> PLAIN = Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL, Tag.TIMESTAMP,
            Tag.MERGE, Tag.MAP,
            Tag.SEQ);

    private CampaignFileYaml() {
    }

    /** The file's keys, or null with the problems told. */
    static @Nullable CampaignFileSection read(String text, CampaignFileProblems problems) {
        String yaml = text.startsWith("\ufeff") ? text.substring(1) : text;
        try {
            if (!withoutAnchors(yaml, problems)) {
                return null;
            }
            Node root = yaml().compose(new StringReader(yaml));
            if (root == null) {
                problems.add(1, "the file is empty; begin with name:, from:, subject: and html:");
                return null;
            }
            if (!plain(root, problems)) {
                return null;
            }
            if (root instanceof MappingNode mapping) {
                return new CampaignFileSection("", mapping, problems);
            }
            problems.add(root, "this is no campaign file; it must hold keys like name:, from:, subject: and html:");
        } catch (ReaderException e) {
            problems.add(lineAt(yaml, e.getPosition()),
                    "a control character (U+%04X) is in the text; delete it".formatted(e.getCodePoint()));
        } catch (MarkedYAMLException e) {
            problems.add(lineOf(e), words(e));
        } catch (YAMLException e) {
            problems.add(1, "this YAML cannot be read: " + firstLine(e.getMessage()));
        } catch (StackOverflowError e) {
            problems.add(1, "the YAML is nested too deeply; write it flat");
        }
        return null;
    }

    private static Yaml yaml() {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(CampaignFile.LARGEST);
        options.setNestingDepthLimit(DEEPEST);
        options.setMaxAliasesForCollections(0);
        options.setAllowRecursiveKeys(false);
        return new Yaml(new SafeConstructor(options));
    }

    /** Aliases are how a small file grows into gigabytes; a campaign file needs none. */
    private static boolean withoutAnchors(String yaml, CampaignFileProblems problems) {
        for (Event event : yaml().parse(new StringReader(yaml))) {
            if (event instanceof AliasEvent || (event instanceof NodeEvent node && node.getAnchor() != null)) {
                problems.add(event.getStartMark().getLine() + 1,
                        "anchors and aliases (&name, *name) are not allowed; write the value out, in quotes if it begins so");
                return false;
            }
        }
        return true;
    }

    private static boolean plain(Node node, CampaignFileProblems problems) {
        boolean plain = PLAIN.contains(node.getTag());
        if (!plain) {
            problems.add(node, "the tag " + node.getTag().getValue() + " is not allowed; write the plain value");
        }
        return plain & switch (node) {
            case MappingNode mapping -> pairs(mapping, problems);
            case SequenceNode list ->
                list.getValue().stream().map(item -> plain(item, problems)).reduce(true, Boolean::logicalAnd);
            default -> true;
        };
    }

    private static boolean pairs(MappingNode mapping, CampaignFileProblems problems) {
        boolean good = true;
        for (NodeTuple pair : mapping.getValue()) {
            if (!(pair.getKeyNode() instanceof ScalarNode)) {
                problems.add(pair.getKeyNode(),
                        "a key must be a plain word; if this is a value in braces, put it in quotes");
                good = false;
            }
            good &= plain(pair.getKeyNode(), problems) & plain(pair.getValueNode(), problems);
        }
        return good;
    }

    private static int lineOf(MarkedYAMLException e) {
        Mark mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
        return mark == null ? 1 : mark.getLine() + 1;
    }

    private static int lineAt(String text, int position) {
        return 1 + (int) text.codePoints().limit(position).filter(c -> c == '\n').count();
    }

    private static String words(MarkedYAMLException e) {
        String problem = e.getProblem() == null ? firstLine(e.getMessage()) : firstLine(e.getProblem());
        if (problem.contains("TAB") || problem.contains("'\\t'")) {
            return "a tab stands where YAML wants spaces; indent with spaces";
        }
        if (problem.startsWith("Global tag")) {
            return "the tag " + problem.substring(problem.indexOf(": ") + 2) + " is not allowed; write the plain value";
        }
        if (problem.contains("another document")) {
            return "a second document begins here; one file holds one campaign";
        }
        return "this YAML cannot be read: " + problem + "; check indentation, colons and quotes just before it";
    }

    private static String firstLine(@Nullable String text) {
        return text == null ? "unknown problem" : text.lines().findFirst().orElse("unknown problem");
    }
}
