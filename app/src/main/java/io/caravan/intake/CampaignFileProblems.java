package io.caravan.intake;

import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

import org.yaml.snakeyaml.nodes.Node;

import io.caravan.mail.InvalidInput;

/** What is wrong with one campaign file, in the order of its lines. */
final class CampaignFileProblems {

    private record Problem(int line, String text) {
    }

    private final String file;
    private final TreeSet<Problem> found = new TreeSet<>(
            Comparator.comparingInt(Problem::line).thenComparing(Problem::text));

    CampaignFileProblems(String file) {
        this.file = file;
    }

    /** @param line as an editor counts, from 1 */
    void add(int line, String text) {
        found.add(new Problem(line, text));
    }

    void add(Node where, String text) {
        add(where.getStartMark() == null ? 1 : where.getStartMark().getLine() + 1, text);
    }

    String sentence(int line, String text) {
        return file + ":" + line + ": " + text;
    }

    InvalidInput asFault() {
        List<String> sentences = found.stream().map(problem -> sentence(problem.line, problem.text)).toList();
        return new InvalidInput(sentences);
    }

    void throwIfAny() {
        if (!found.isEmpty()) {
            throw asFault();
        }
    }
}
