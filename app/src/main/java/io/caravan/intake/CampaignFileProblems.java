package io.caravan.intake;

import java.util.Comparator;
import java.util.TreeSet;

import org.yaml.snakeyaml.nodes.Node;

import io.caravan.mail.InvalidInput;

/** What is wrong with one campaign file, in the order of its lines. */
final class CampaignFileProblems {

    private record Problem(int line, String text, String field) {
    }

    private final String file;
    private final TreeSet<Problem> found = new TreeSet<>(
            Comparator.comparingInt(Problem::line).thenComparing(Problem::text));

    CampaignFileProblems(String file) {
        this.file = file;
    }

    /** @param line as an editor counts, from 1 */
    void add(int line, String text) {
        add(line, "", text);
    }

    void add(Node where, String text) {
        add(where, "", text);
    }

    /** @param field the key that it is about, {@code schedule.cron}; "": the file as a whole */
    void add(Node where, String field, String text) {
        add(where.getStartMark() == null ? 1 : where.getStartMark().getLine() + 1, field, text);
    }

    private void add(int line, String field, String text) {
        found.add(new Problem(line, text, field));
    }

    InvalidInput asFault() {
        return InvalidInput.of(found.stream()
                .map(problem -> new InvalidInput.Problem(problem.field, file + ":" + problem.line, problem.text))
                .toList());
    }

    void throwIfAny() {
        if (!found.isEmpty()) {
            throw asFault();
        }
    }
}
