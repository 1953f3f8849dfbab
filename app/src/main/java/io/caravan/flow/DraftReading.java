package io.caravan.flow;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.springframework.stereotype.Component;

import io.caravan.audience.Imports;
import io.caravan.intake.CampaignFile;
import io.caravan.intake.CampaignText;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.InvalidInput;
import io.caravan.scheduling.Firings;

/** Reads campaigns that are not whole yet: all that is wrong, and what can be understood nevertheless. */
@Component
class DraftReading {

    private static final String FILE = "draft" + CampaignFile.ENDING;
    private static final String NO_FILE = "no-words-yet.txt";
    private static final int TRIES = 12; // each mends all faults of one look; a few looks are enough for what a form can hold

    private final TemplateCheck templates;
    private final AudienceTerms terms;
    private final Imports imports;
    private final Workflows workflows;
    private final StoredTemplates stored;
    private final InstantSource clock;

    DraftReading(TemplateCheck templates, AudienceTerms terms, Imports imports, Workflows workflows,
            StoredTemplates stored, InstantSource clock) {
        this.templates = templates;
        this.terms = terms;
        this.imports = imports;
        this.workflows = workflows;
        this.stored = stored;
        this.clock = clock;
    }

    List<DraftFault> faults(String source, Map<String, byte[]> files) {
        CampaignParts legible = legible(source, files);
        Set<DraftFault> faults = new LinkedHashSet<>();
        CampaignText text = CampaignText.of(source);
        try {
            CampaignSpec spec = CampaignFile.parse(FILE, source);
            schedule(spec, faults);
        } catch (InvalidInput e) {
            e.found().forEach(problem -> faults.add(DraftFault.of(problem, legible.spec())));
        }
        Set<String> broken = new LinkedHashSet<>();
        faults.forEach(fault -> broken.add(fault.root()));
        templates.problems(legible.spec(), legible.files()).stream()
                .map(problem -> DraftFault.of(problem, legible.spec()))
                .filter(fault -> !broken.contains(fault.root())).forEach(faults::add);
        for (String file : CampaignReader.named(legible.spec())) {
            if (!files.containsKey(file) && stored.find(file).isEmpty() && !file.equals(NO_FILE)) {
                faults.add(new DraftFault(CampaignReader.field(legible.spec(), file),
                        "there is no file '" + file + "'; add it, or take it out"));
            }
        }
        audience(text, legible.spec(), broken, faults);
        return List.copyOf(faults);
    }

    private void schedule(CampaignSpec spec, Set<DraftFault> faults) {
        CampaignSpec.Schedule schedule = spec.schedule();
        if (schedule != null && schedule.cron() != null) {
            try {
                Firings.check(schedule, clock.instant());
            } catch (InvalidInput e) {
                faults.add(new DraftFault("schedule.cron", String.valueOf(e.getMessage())));
            }
        }
        if (!workflows.workflows().contains(spec.workflow())) {
            faults.add(new DraftFault("workflow", "there is no workflow '" + spec.workflow() + "'; use one of "
                    + String.join(", ", workflows.workflows())));
        }
    }

    private void audience(CampaignText text, CampaignSpec spec, Set<String> broken, Set<DraftFault> faults) {
        if (broken.contains("audience")) {
            return;
        }
        if (!text.has("audience.list") && !text.has("audience.csv")
                && imports.lastFinished(Preparations.list(spec)).isEmpty()) {
            faults.add(new DraftFault("audience.list", "choose whom it is for"));
            return;
        }
        try {
            terms.audience(spec);
        } catch (InvalidInput e) {
            faults.add(new DraftFault("audience.list", String.valueOf(e.getMessage())));
        }
        try {
            terms.exclusions(spec);
        } catch (InvalidInput e) {
            e.problems().forEach(problem -> faults.add(DraftFault.of(problem, spec)));
        }
    }

    /** With something harmless in place of each key that is missing or wrong. */
    CampaignParts legible(String source, Map<String, byte[]> files) {
        CampaignText text = CampaignText.of(source);
        Map<String, byte[]> all = new LinkedHashMap<>(files);
        all.put(NO_FILE, new byte[0]);
        String name = text.scalar("name");
        String file = name.matches("[A-Za-z0-9_-]{1,100}") ? name + CampaignFile.ENDING : FILE;
        List<InvalidInput.Problem> problems = List.of();
        for (int i = 0; i < TRIES; i++) {
            try {
                CampaignSpec spec = CampaignFile.parse(file, text.text());
                return new CampaignParts(spec, source, present(spec, all), List.of());
            } catch (InvalidInput e) {
                problems = e.found();
                CampaignSpec nothing = empty();
                problems.forEach(problem -> mend(text, DraftFault.of(problem, nothing)));
            }
        }
        throw InvalidInput.of(problems);
    }

    private static void mend(CampaignText text, DraftFault fault) {
        switch (fault.root()) {
            case "name" -> text.set("name", "draft");
            case "from" -> text.set("from", "draft@draft.invalid");
            case "subject" -> text.set("subject", "(no subject yet)");
            case "html" ->
                text.remove("html").set("text", text.scalar("text").isEmpty() ? NO_FILE : text.scalar("text"));
            case "text" -> text.set("text", NO_FILE);
            case "" -> text.keepKnown();
            default -> text.remove(fault.root());
        }
    }

    private Map<String, byte[]> present(CampaignSpec spec, Map<String, byte[]> files) {
        Map<String, byte[]> named = new LinkedHashMap<>();
        for (String file : CampaignReader.named(spec)) {
            byte[] bytes = files.get(file);
            named.put(file, bytes == null ? stored.find(file).orElse(new byte[0]) : bytes);
        }
        return named;
    }

    private static CampaignSpec empty() {
        return CampaignFile.parse(FILE, "name: draft\nfrom: a@draft.invalid\nsubject: none\ntext: " + NO_FILE);
    }
}
