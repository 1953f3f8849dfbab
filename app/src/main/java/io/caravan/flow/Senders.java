package io.caravan.flow;

import java.util.Set;
import java.util.TreeSet;

import org.springframework.stereotype.Component;

import io.caravan.campaign.Campaigns;
import io.caravan.mail.InvalidInput;
import io.caravan.pacing.Lanes;

/** Who sends, or is about to: a campaign's From domain is known before its first run is planned, so that its key can be made in time. */
@Component
public class Senders {

    /** Of campaigns that are not over so many are asked, the newest: a page reads no more. */
    private static final int CAMPAIGNS = 400;

    private final Lanes lanes;
    private final Campaigns campaigns;

    Senders(Lanes lanes, Campaigns campaigns) {
        this.lanes = lanes;
        this.campaigns = campaigns;
    }

    /** Names of identities that mail was planned for, and From domains of campaigns. */
    public Set<String> all() {
        Set<String> all = new TreeSet<>(lanes.identities());
        for (String from : campaigns.senders(CAMPAIGNS)) {
            try {
                all.add(Preparations.domain(from));
            } catch (InvalidInput unreadable) { // by a version that took it
                continue;
            }
        }
        return all;
    }
}
