package io.caravan.api;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.http.HttpStatus;

import io.caravan.api.Refused.Fault;
import io.caravan.mail.InvalidInput;

/** Problems of a campaign file, {@code file:line: key: what; what to do}, as faults of fields. */
final class CampaignFaults {

    private static final Pattern PLACED = Pattern.compile("[^:\\n]+:\\d+: (?s)(.*)");
    private static final Pattern KEYED = Pattern.compile("(?s)([a-z_]+(?:\\.[A-Za-z0-9_-]+)*): (.*)");

    private CampaignFaults() {
    }

    static Refused of(InvalidInput invalid) {
        return new Refused(HttpStatus.UNPROCESSABLE_CONTENT,
                invalid.problems().stream().map(CampaignFaults::fault).toList());
    }

    static Fault fault(String problem) {
        Matcher placed = PLACED.matcher(problem);
        Matcher keyed = KEYED.matcher(placed.matches() ? placed.group(1) : problem);
        return keyed.matches() && !List.of("list", "campaign").contains(keyed.group(1))
                ? new Fault(keyed.group(1), "invalid", problem)
                : new Fault("", "invalid", problem);
    }
}
