package io.caravan.api;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

import io.caravan.api.Refused.Fault;
import io.caravan.intake.CampaignFile;
import io.caravan.intake.CampaignText;
import io.caravan.mail.InvalidInput;

/**
 * What is wrong with a campaign that came as data, each at its key, in words that name the campaign: who sends it has no file, so none is
 * spoken of. Lines are told of a text that its sender wrote, not of one that was made here from keys.
 */
final class CampaignFaults {

    private static final Pattern PLACE = Pattern.compile(".*" + Pattern.quote(CampaignFile.ENDING) + ":(\\d+)");
    private static final int LONGEST_NAME = 100;

    private final String name;
    private final boolean lines;

    private CampaignFaults(@Nullable Object name, boolean lines) {
        this.name = name instanceof String text && !text.isBlank()
                ? "campaign " + text.substring(0, Math.min(text.length(), LONGEST_NAME)).replaceAll("\\p{Cntrl}", " ")
                : "campaign without a name";
        this.lines = lines;
    }

    static CampaignFaults ofKeys(Map<String, Object> keys) {
        return new CampaignFaults(keys.get("name"), false);
    }

    static CampaignFaults ofText(String yaml) {
        try {
            return new CampaignFaults(CampaignText.of(yaml).scalar("name"), true);
        } catch (InvalidInput notYaml) {
            return new CampaignFaults(null, true);
        }
    }

    Refused of(InvalidInput invalid) {
        return new Refused(HttpStatus.UNPROCESSABLE_CONTENT, invalid.found().stream()
                .map(problem -> new Fault(problem.field(), "invalid", place(problem.place()) + ": " + problem.text()))
                .toList());
    }

    private String place(String place) {
        Matcher line = PLACE.matcher(place);
        return lines && line.matches() ? name + ", line " + line.group(1) : name;
    }
}
