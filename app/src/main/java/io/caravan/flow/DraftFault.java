package io.caravan.flow;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.caravan.intake.CampaignFile;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.InvalidInput;

/**
 * What is wrong with a campaign that is being written.
 *
 * @param field   the key of the campaign file, {@code schedule.at}; "": the campaign as a whole
 * @param message a sentence; of a template with its line
 */
public record DraftFault(String field, String message) {

    private static final Pattern PLACED = Pattern.compile("(.+?):(\\d{1,7}): (.*)", Pattern.DOTALL);
    private static final Set<String> ROOTS = Set.of("name", "from", "reply_to", "subject", "html", "text",
            "attachments", "inline", "audience", "schedule", "rate", "workflow", "in_doubt", "tags", "vars");
    private static final Pattern PATH = Pattern.compile("([a-z_]+(?:\\.[A-Za-z0-9_.-]+)?)(?:: | is missing|$)");

    /** The key above all others that it stands in. */
    public String root() {
        return field.contains(".") ? field.substring(0, field.indexOf('.')) : field;
    }

    /** The same, by the key that was known where it was found. An unknown key has no field: no form asks for it. */
    static DraftFault of(InvalidInput.Problem problem, CampaignSpec spec) {
        DraftFault told = of(problem.sentence(), spec);
        DraftFault known = new DraftFault(problem.field(), told.message());
        boolean better = told.field().isEmpty() && ROOTS.contains(known.root())
                && !problem.text().startsWith("unknown key");
        return better ? known : told;
    }

    /** From a sentence as the rooms below write it, {@code file:line: what; what to do}. */
    static DraftFault of(String problem, CampaignSpec spec) {
        Matcher placed = PLACED.matcher(problem);
        if (!placed.matches()) {
            return named(problem);
        }
        String file = placed.group(1);
        if (file.endsWith(CampaignFile.ENDING)) {
            return named(placed.group(3));
        }
        String message = "line " + placed.group(2) + ": " + placed.group(3);
        if (file.equals(spec.html())) {
            return new DraftFault("html", message);
        }
        if (file.equals(spec.text())) {
            return new DraftFault("text", message);
        }
        return ROOTS.contains(file) ? new DraftFault(file, placed.group(3)) : new DraftFault("", problem);
    }

    private static DraftFault named(String sentence) {
        if (sentence.startsWith("html and text")) {
            return new DraftFault("html", "a mail needs words: write its HTML, or a text");
        }
        Matcher path = PATH.matcher(sentence);
        if (path.lookingAt()) {
            String root = path.group(1).replaceAll("\\..*", "");
            if (ROOTS.contains(root)) {
                String rest = sentence.substring(path.end());
                return new DraftFault(path.group(1), path.group().endsWith(": ") ? rest : missing(rest));
            }
        }
        return new DraftFault("", sentence);
    }

    private static String missing(String rest) {
        return "it is missing" + rest;
    }
}
