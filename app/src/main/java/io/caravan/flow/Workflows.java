package io.caravan.flow;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import io.caravan.mail.InvalidInput;

/** Which workflows there are, asked before a campaign is taken: a name that leads nowhere would be found out batch by batch. */
@FunctionalInterface
public interface Workflows {

    /** The names that a campaign may give as its workflow. */
    Set<String> workflows();

    /** Of the field {@code workflow} if the campaign names none of the known, else nothing. */
    static List<InvalidInput.Problem> problems(CampaignParts parts, Path campaignFile, Set<String> known) {
        String named = parts.spec().workflow();
        if (known.contains(named)) {
            return List.of();
        }
        return List.of(new InvalidInput.Problem("workflow",
                DropNames.of(campaignFile) + ":" + CampaignReader.line(parts.source(), "workflow:"),
                "workflow: there is no workflow '" + named + "'; use one of "
                        + String.join(", ", new TreeSet<>(known))
                        + ", or put a route from direct:" + named + " into the routes folder and reload"));
    }
}
