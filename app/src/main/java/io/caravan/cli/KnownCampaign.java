package io.caravan.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;

import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.mail.PermanentFault;

/** Finds what a person names on the command line. */
final class KnownCampaign {

    private KnownCampaign() {
    }

    /** @throws PermanentFault naming those that there are */
    static Campaign named(ApplicationContext ledgers, String name) {
        Campaigns campaigns = ledgers.getBean(Campaigns.class);
        return campaigns.find(name).orElseThrow(() -> {
            List<String> there = campaigns.all().stream().map(Campaign::name).sorted(Comparator.naturalOrder())
                    .limit(10).toList();
            return new PermanentFault("there is no campaign '" + name + "'"
                    + (there.isEmpty()
                            ? ": drop a campaign file into the drop folder first"
                            : "; there is: " + String.join(", ", there)));
        });
    }

    /** The run of that number, the latest if none is given; empty if the campaign has not run yet. */
    static Optional<Run> run(ApplicationContext ledgers, Campaign campaign, @Nullable Integer number) {
        Runs runs = ledgers.getBean(Runs.class);
        if (number == null) {
            return runs.latest(campaign.id());
        }
        return Optional
                .of(runs.run(campaign.id(), number).orElseThrow(() -> new PermanentFault("campaign " + campaign.name()
                        + " has no run " + number + "; it has had " + runs.of(campaign.id()).size())));
    }
}
