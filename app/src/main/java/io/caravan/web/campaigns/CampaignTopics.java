package io.caravan.web.campaigns;

import java.util.List;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.RunCounts;
import io.caravan.mail.RunState;
import io.caravan.web.LiveTopic;

/** What moves on these pages: {@code campaigns}, the list, and {@code campaign:NAME}, one of them. */
@Configuration(proxyBeanMethods = false)
class CampaignTopics {

    @Bean
    LiveTopic campaignsTopic(Campaigns campaigns, Runs runs, RunCounts counts) {
        return LiveTopic.of("campaigns", _ -> campaigns.stamp() + stamp(runs.inState(RunState.PLANNING,
                RunState.PREFLIGHT, RunState.ASKING, RunState.RUNNING, RunState.PAUSED), counts));
    }

    @Bean
    LiveTopic campaignTopic(Campaigns campaigns, Runs runs, RunCounts counts) {
        return LiveTopic.of("campaign",
                name -> campaigns.find(name)
                        .map(campaign -> campaign.updatedAt()
                                + stamp(runs.page(campaign.id(), Integer.MAX_VALUE, 20), counts))
                        .orElse(""));
    }

    private static String stamp(List<Run> runs, RunCounts counts) {
        StringBuilder stamp = new StringBuilder();
        var all = counts.of(runs.stream().map(Run::id).toList());
        runs.forEach(run -> stamp.append(' ').append(run.id()).append(run.state()).append(all.get(run.id())));
        return Integer.toHexString(stamp.toString().hashCode());
    }
}
