package io.caravan.flow;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.caravan.audience.Contact;
import io.caravan.audience.Contacts;
import io.caravan.audience.Imports;
import io.caravan.audience.RowVerdict;
import io.caravan.audience.Verdict;
import io.caravan.intake.CampaignFile;
import io.caravan.intake.CsvLimits;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.CampaignSpec.Mode;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.Rate;
import io.caravan.rendering.Mailing;
import io.caravan.rendering.Person;

/**
 * What the drop folder would do, without doing it: each CSV is imported and rolled back, and while it is in, the campaigns that it feeds are
 * evaluated for every person. Files stay where they are.
 */
public final class Rehearsal {

    private static final int SHOWN = 20;

    private final CsvImport csvs;
    private final Imports imports;
    private final Contacts contacts;
    private final CampaignReader reader;
    private final CampaignTemplates templates;
    private final Consumer<String> out;
    private boolean refused;

    public Rehearsal(Imports imports, Contacts contacts, CsvLimits limits, CampaignReader reader,
            CampaignTemplates templates, Consumer<String> out) {
        csvs = new CsvImport(imports, limits);
        this.imports = imports;
        this.contacts = contacts;
        this.reader = reader;
        this.templates = templates;
        this.out = out;
    }

    /** @return false if something would be refused */
    public boolean of(List<Path> files) {
        List<CampaignParts> campaigns = campaigns(files);
        if (files.isEmpty()) {
            out.accept("the drop folder is empty");
        }
        for (Path file : files) {
            if (DropNames.isCsv(DropNames.of(file))) {
                rehearse(file, campaigns);
            }
        }
        return !refused;
    }

    private List<CampaignParts> campaigns(List<Path> files) {
        List<CampaignParts> good = new ArrayList<>();
        for (Path file : files) {
            if (DropNames.of(file).endsWith(CampaignFile.ENDING)) {
                try {
                    CampaignParts parts = reader.read(file);
                    List<String> problems = templates.problems(parts.spec(), parts.files());
                    if (!problems.isEmpty()) {
                        throw new InvalidInput(problems);
                    }
                    good.add(parts);
                    out.accept(DropNames.of(file) + ": would be taken");
                } catch (InvalidInput problem) {
                    refuse(DropNames.of(file), problem.problems());
                }
            }
        }
        return good;
    }

    private void rehearse(Path file, List<CampaignParts> campaigns) {
        String name = DropNames.of(file);
        String list = DropNames.list(name);
        List<CampaignParts> fed = campaigns.stream().filter(parts -> Preparations.list(parts.spec()).equals(list))
                .toList();
        CampaignSpec.@Nullable Audience audience = fed.isEmpty() ? null : fed.getFirst().spec().audience();
        ImportReport report = csvs.rehearse(file, list, audience == null ? Mode.ADD : audience.mode(),
                audience == null ? List.of() : audience.columns(), taken -> evaluate(taken, fed));
        if (report instanceof ImportReport.Refused refusal) {
            refuse(name, refusal.problems());
        }
    }

    private void evaluate(ImportReport report, List<CampaignParts> fed) {
        if (!(report instanceof ImportReport.Taken taken)) {
            return;
        }
        out.accept(taken.list() + ": "
                + String.join(", ", taken.counts().entrySet().stream().filter(entry -> entry.getValue() > 0)
                        .map(entry -> entry.getValue() + " " + entry.getKey().word()).toList()));
        imports.verdicts(taken.importId(), row -> {
            if (row.verdict() == Verdict.INVALID || row.verdict() == Verdict.DUPLICATE
                    || row.verdict() == Verdict.SUPPRESSED) {
                out.accept("  row " + row.row() + ", line " + row.line() + ": " + row.verdict().word() + " "
                        + row.reason());
            }
        });
        for (CampaignParts parts : fed) {
            evaluate(parts, taken);
        }
    }

    private void evaluate(CampaignParts parts, ImportReport.Taken taken) {
        Mailing mailing = templates.compile(parts.spec(), parts.files());
        RowFaults faults = new RowFaults();
        imports.verdicts(taken.importId(), row -> person(row).ifPresent(person -> {
            if (faults.rows() < SHOWN) {
                faults.add(String.valueOf(row.row()), mailing.evaluate(person));
            }
        }));
        long people = Stream.of(Verdict.ACCEPTED, Verdict.UPDATED, Verdict.UNCHANGED)
                .mapToLong(verdict -> taken.counts().getOrDefault(verdict, 0L)).sum();
        if (faults.isEmpty()) {
            Rate rate = parts.spec().rate();
            String time = rate == null
                    ? "as fast as the relays take them"
                    : "at " + rate + " about " + words(Duration.ofNanos(rate.intervalMicros() * 1000 * people));
            out.accept("campaign " + parts.spec().name() + ": every mail renders; " + people + " people, " + time);
        } else {
            refuse("campaign " + parts.spec().name(), faults.lines());
        }
    }

    private java.util.Optional<Person> person(RowVerdict row) {
        if (row.verdict() == Verdict.INVALID || row.verdict() == Verdict.DUPLICATE
                || row.verdict() == Verdict.SUPPRESSED) {
            return java.util.Optional.empty();
        }
        return contacts.find(EmailAddress.parse(row.written().strip()))
                .map((Contact contact) -> new Person(contact.address().written(),
                        contacts.attributes(contact.id(), contact.version())));
    }

    private void refuse(String what, List<String> problems) {
        refused = true;
        out.accept(what + ": would be refused:");
        problems.forEach(problem -> out.accept("  " + problem));
    }

    private static String words(Duration time) {
        return time.toMinutes() < 1
                ? Math.max(1, time.toSeconds()) + " s"
                : time.toHours() < 1
                        ? time.toMinutes() + " min"
                        : time.toHours() + " h " + time.toMinutesPart() + " min";
    }
}
