package io.caravan.cli;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.springframework.context.ApplicationContext;

import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.campaign.Version;
import io.caravan.delivery.Ledger;
import io.caravan.delivery.RunCounts;
import io.caravan.flow.NextFirings;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;

/** A campaign on a page of text: {@code key value}, one a line. */
final class CampaignView {

    private final ApplicationContext ledgers;

    CampaignView(ApplicationContext ledgers) {
        this.ledgers = ledgers;
    }

    List<String> lines(Campaign campaign) {
        List<String> lines = new ArrayList<>();
        lines.add("campaign  " + campaign.name());
        lines.add("state     " + campaign.state().word());
        Campaigns campaigns = ledgers.getBean(Campaigns.class);
        for (Version version : campaigns.versions(campaign.id())) {
            lines.add("version   " + version.version() + "  " + version.createdAt() + "  " + version.file()
                    + (version.version() == campaign.version() ? "  (in force)" : ""));
        }
        runs(campaign, lines);
        for (Instant firing : NextFirings.of(campaign,
                campaigns.version(campaign.id(), campaign.version()).spec().schedule(),
                ledgers.getBean(Clock.class).instant(), 10)) {
            lines.add("firing    " + firing);
        }
        return lines;
    }

    private void runs(Campaign campaign, List<String> lines) {
        List<Run> runs = ledgers.getBean(Runs.class).of(campaign.id());
        Map<RunId, Map<RowState, Long>> counts = ledgers.getBean(RunCounts.class)
                .of(runs.stream().map(Run::id).toList());
        for (Run run : runs) {
            lines.add("run       " + run.number() + "  version " + run.version() + "  " + run.state().word()
                    + "  opened " + run.openedAt()
                    + (run.finishedAt() == null ? "" : "  finished " + run.finishedAt()));
            if (run.reason() != null) {
                run.reason().lines().forEach(line -> lines.add("reason    " + run.number() + "  " + line));
            }
            String states = counts.getOrDefault(run.id(), Map.of()).entrySet().stream()
                    .filter(each -> each.getValue() != 0)
                    .map(each -> each.getKey().word() + " " + each.getValue()).collect(Collectors.joining(", "));
            if (!states.isEmpty()) {
                lines.add("counts    " + run.number() + "  " + states);
            }
            ledgers.getBean(Ledger.class).holds(run.id())
                    .forEach(reason -> lines.add("held      " + run.number() + "  " + reason));
        }
    }
}
