package io.caravan.flow;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.caravan.intake.CsvLimits;
import io.caravan.intake.CsvRow;
import io.caravan.intake.CsvRows;
import io.caravan.intake.CsvSource;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.InvalidInput;
import io.caravan.rendering.Mailing;
import io.caravan.rendering.Person;
import io.caravan.rendering.Shortcoming;

/**
 * The CSV that lies beside a campaign file, read as the drop folder would read it and held against the campaign's templates. Nothing is
 * written. Its first rows are looked at, so that {@code check} answers in about a second; {@code once --dry-run} looks at all.
 */
final class CsvCheck {

    static final int ROWS = 10_000;
    private static final int TOLD = 10;

    private final CsvLimits limits;
    private final Consumer<String> notes;

    /** @param notes is told of rows that are left out when the file is taken: they refuse nothing */
    CsvCheck(CsvLimits limits, Consumer<String> notes) {
        this.limits = limits;
        this.notes = notes;
    }

    /**
     * @param mailing null: its templates cannot be compiled, which is told elsewhere
     * @return {@code file:line: what; what to do}: what refuses the file, and what would refuse a run; empty if no CSV lies there
     */
    List<String> problems(Path campaign, CampaignSpec spec, @Nullable Mailing mailing) {
        String csv = spec.audience().csv();
        Path file = csv == null ? null : DropPairs.coming(campaign, DropNames.list(csv));
        if (file == null) {
            return List.of();
        }
        String name = DropNames.of(file);
        try {
            DropNames.check(file);
            return rows(name, CsvSource.beginning(file, limits, spec.audience().columns(), ROWS), mailing);
        } catch (InvalidInput e) {
            return e.problems().stream().map(problem -> name + ":1: "
                    + (problem.startsWith(name + ": ") ? problem.substring(name.length() + 2) : problem)).toList();
        }
    }

    private List<String> rows(String name, CsvSource source, @Nullable Mailing mailing) {
        List<CsvRow> bad = new ArrayList<>();
        Map<Shortcoming, Lack> lacking = new LinkedHashMap<>();
        int looked = 0;
        boolean more;
        try (CsvRows rows = source.rows()) {
            while (rows.hasNext() && looked < ROWS) {
                CsvRow row = rows.next();
                looked++;
                if (row.problem() != null) {
                    bad.add(row);
                } else if (mailing != null) {
                    mailing.evaluate(new Person(row.address(), row.attributes()))
                            .forEach(found -> lacking.merge(found, new Lack(row, 1), Lack::and));
                }
            }
            more = rows.hasNext();
        }
        tell(name, bad, looked, more);
        List<String> problems = new ArrayList<>();
        if (looked > 0 && bad.size() == looked) {
            problems.add(name + ":" + bad.getFirst().line() + ": none of its rows can be taken: "
                    + bad.getFirst().problem() + "; see whether the columns are the right ones");
        }
        lacking.forEach((found, lack) -> problems.add(source.attributes().contains(found.attribute())
                || found.attribute().isEmpty() ? lack.inRow(name, found) : lack.inHeader(name, found)));
        return problems.stream().distinct().toList();
    }

    private void tell(String name, List<CsvRow> bad, int looked, boolean more) {
        bad.stream().limit(TOLD).forEach(row -> notes.accept(name + ":" + row.line() + ": '" + shown(row.address())
                + "' is left out: " + row.problem() + "; correct the row, or take it out"));
        if (bad.size() > TOLD) {
            notes.accept(name + ":1: %,d of %,d rows are left out, the first %d of them are named; correct them"
                    .formatted(bad.size(), looked, TOLD));
        }
        if (more) {
            notes.accept(name + ":1: the first %,d rows were looked at; once --dry-run looks at all".formatted(looked));
        }
    }

    private static String shown(String text) {
        String clean = text.replaceAll("\\p{Cntrl}", "\ufffd");
        return clean.length() <= 100 ? clean : clean.substring(0, 100) + "...";
    }

    /** Rows for which a place of a template cannot be filled. */
    private record Lack(CsvRow first, long rows) {

        Lack and(Lack other) {
            return new Lack(first, rows + other.rows);
        }

        String inRow(String name, Shortcoming found) {
            return name + ":" + first.line() + ": no mail for " + shown(first.address()) + ": " + found
                    + (rows == 1 ? "" : " (and %,d more rows)".formatted(rows - 1));
        }

        String inHeader(String name, Shortcoming found) {
            return name + ":1: there is no column '" + found.attribute() + "', which " + found.template() + ":"
                    + found.line() + " needs; add it, or give a default in the template, as in ${" + found.attribute()
                    + " ?: ''}";
        }
    }
}
