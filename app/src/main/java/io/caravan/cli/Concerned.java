package io.caravan.cli;

import java.util.List;
import java.util.Map;

import org.springframework.context.ApplicationContext;

import io.caravan.audience.Imports;
import io.caravan.audience.Lists;
import io.caravan.campaign.Action;
import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.PlanOrder;
import io.caravan.delivery.Planner;
import io.caravan.delivery.RunCounts;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;

/** How many people an action on a campaign concerns, before it is done: the suppressed and excluded among them are counted, too. */
final class Concerned {

    private final ApplicationContext ledgers;

    Concerned(ApplicationContext ledgers) {
        this.ledgers = ledgers;
    }

    long by(Campaign campaign, Action action) {
        List<Run> runs = ledgers.getBean(Runs.class).of(campaign.id());
        List<RunId> ids = runs.stream().map(Run::id).toList();
        return switch (action) {
            case START, START_AGAIN, ANSWER_RUN, ANSWER_SKIP -> count(audience(campaign), List.of());
            case START_NEW -> count(audience(campaign), ids);
            case RESEND -> count(new PlanOrder.NotReached(ids), List.of());
            case PAUSE, RESUME, CANCEL -> waiting(ids);
        };
    }

    private long waiting(List<RunId> runs) {
        long people = 0;
        for (Map<RowState, Long> counts : ledgers.getBean(RunCounts.class).of(runs).values()) {
            for (RowState state : List.of(RowState.PENDING, RowState.SENDING, RowState.DEFERRED)) {
                people += counts.getOrDefault(state, 0L);
            }
        }
        return people;
    }

    private long count(PlanOrder.Audience audience, List<RunId> skip) {
        return ledgers.getBean(Planner.class).domains(audience, skip).values().stream().mapToLong(Long::longValue)
                .sum();
    }

    private PlanOrder.Audience audience(Campaign campaign) {
        CampaignSpec.Audience written = ledgers.getBean(Campaigns.class).version(campaign.id(), campaign.version())
                .spec().audience();
        if (written.csv() != null) {
            String list = written.csv().replaceFirst("(?i)(\\.csv\\.gz|\\.csv|\\.tsv)$", "");
            return ledgers.getBean(Imports.class)
                    .lastFinished(list).<PlanOrder.Audience>map(last -> new PlanOrder.OfImport(last.id()))
                    .orElse(new PlanOrder.OfList(0));
        }
        String list = written.list() == null ? "" : written.list();
        return new PlanOrder.OfList(ledgers.getBean(Lists.class).find(list).map(found -> found.value()).orElse(0L));
    }
}
