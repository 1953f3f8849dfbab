package io.caravan.flow;

import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.RunKind;
import io.caravan.campaign.Runs;
import io.caravan.delivery.RunCounts;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;

/** The runs whose rows decide who is in a plan: earlier ones of its campaign, and those of the campaigns that it excludes. */
final class AskedRuns {

    private static final Set<RunState> CANCELS = Set.of(RunState.CANCELLED, RunState.REFUSED);

    private final Campaigns campaigns;
    private final Runs runs;
    private final RunCounts counts;

    AskedRuns(Campaigns campaigns, Runs runs, RunCounts counts) {
        this.campaigns = campaigns;
        this.runs = runs;
        this.counts = counts;
    }

    /**
     * Why it cannot be planned yet, null if it can: who still waits in a run that is over becomes cancelled there, or is mailed by an open
     * batch of it; planned before that is known, such people would be in neither run. However many runs there were, this begins at the few
     * that are over and not wholly settled.
     */
    @Nullable
    String waitsFor(Run run) {
        for (RunId id : counts.overAndUnsettled()) {
            Run other = runs.run(id).filter(each -> CANCELS.contains(each.state())).orElse(null);
            if (other != null) {
                String name = campaigns.find(other.campaign()).map(known -> known.name()).orElse("");
                if (asks(run, other, name)) {
                    return "not planned before run " + other.number() + " of " + name
                            + " is wholly cancelled: of some of its mails it is not known yet whether they were sent";
                }
            }
        }
        return null;
    }

    private boolean asks(Run run, Run other, String name) {
        boolean asksEarlier = run.kind() == RunKind.NEW || run.kind() == RunKind.RESEND;
        if (asksEarlier && Objects.equals(other.campaign(), run.campaign()) && other.number() < run.number()) {
            return true;
        }
        CampaignSpec spec = campaigns.version(run.campaign(), run.version()).spec();
        return spec.audience().exclude().contains("campaign:" + name);
    }
}
