package io.caravan.web.campaigns;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.campaign.Action;
import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.campaign.Version;
import io.caravan.delivery.LedgerRow;
import io.caravan.flow.Concerned;
import io.caravan.flow.Doubts;
import io.caravan.flow.NextFirings;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.RowId;
import io.caravan.mail.RunState;
import io.caravan.scheduling.ScheduleWords;
import io.caravan.web.Moment;
import io.caravan.web.Words;
import io.caravan.web.campaigns.CampaignView.Doubtful;
import io.caravan.web.campaigns.CampaignView.Fact;
import io.caravan.web.campaigns.CampaignView.VersionLine;

/** Makes the words of a campaign's page. */
@Component
class CampaignViews {

    private static final int FIRINGS = 10;
    private static final List<Action> OFFERED = List.of(Action.START, Action.RESUME, Action.PAUSE, Action.START_NEW,
            Action.RESEND, Action.START_AGAIN, Action.CANCEL);
    private static final List<Action> ANSWERS = List.of(Action.ANSWER_RUN, Action.ANSWER_SKIP);

    private final Campaigns campaigns;
    private final Runs runs;
    private final RunLines lines;
    private final Concerned concerned;
    private final Doubts doubts;
    private final Clock clock;

    CampaignViews(Campaigns campaigns, Runs runs, RunLines lines, Concerned concerned, Doubts doubts, Clock clock) {
        this.campaigns = campaigns;
        this.runs = runs;
        this.lines = lines;
        this.concerned = concerned;
        this.doubts = doubts;
        this.clock = clock;
    }

    CampaignView now(Campaign campaign) {
        Run last = runs.latest(campaign.id()).orElse(null);
        long waiting = concerned.waiting(campaign);
        long doubt = doubts.count(campaign);
        boolean asking = last != null && last.state() == RunState.ASKING;
        Map<Action, String> refusals = campaigns.refusals(campaign.id());
        List<Choice> all = new ArrayList<>();
        for (Action action : asking ? both() : OFFERED) {
            all.add(Choice.of(action, waiting, refusals.get(action)));
        }
        List<Instant> next = NextFirings.of(campaign, spec(campaign).schedule(), clock.instant(), 1);
        return new CampaignView(campaign.name(), campaign.state().word(),
                CampaignWords.doing(campaign, last, waiting, doubt, next), asking,
                all.stream().filter(choice -> choice.refusal() == null).toList(),
                all.stream().filter(choice -> choice.refusal() != null).toList(),
                last == null ? null : lines.of(List.of(last), campaign.name()).getFirst(), Words.number(waiting),
                doubt);
    }

    private static List<Action> both() {
        List<Action> both = new ArrayList<>(ANSWERS);
        both.addAll(OFFERED);
        return both;
    }

    List<Fact> facts(Campaign campaign) {
        CampaignSpec spec = spec(campaign);
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("From", spec.from()));
        facts.add(new Fact("Subject", spec.subject()));
        facts.add(new Fact("Audience", CampaignWords.audience(spec.audience())));
        facts.add(new Fact("Goes out", CampaignWords.schedule(spec.schedule())));
        CampaignSpec.Schedule schedule = spec.schedule();
        if (schedule != null && !schedule.now()) {
            String late = ScheduleWords.misfire(schedule.misfire());
            facts.add(new Fact("Late", late.substring(0, 1).toUpperCase(Locale.ROOT) + late.substring(1)));
        }
        facts.add(new Fact("Rate", spec.rate() == null ? "as fast as the relays take it" : spec.rate().toString()));
        facts.add(new Fact("Workflow", spec.workflow()));
        facts.add(new Fact("In doubt", switch (spec.inDoubt()) {
            case HOLD -> "held for a person";
            case RESEND -> "sent again with the same Message-ID and bytes";
        }));
        if (!spec.tags().isEmpty()) {
            facts.add(new Fact("Tags", spec.tags().entrySet().stream()
                    .map(tag -> tag.getKey() + ": " + tag.getValue()).collect(Collectors.joining(", "))));
        }
        return facts;
    }

    List<Moment> firings(Campaign campaign) {
        return NextFirings.of(campaign, spec(campaign).schedule(), clock.instant(), FIRINGS).stream()
                .map(Moment::at).toList();
    }

    List<RunLines.Shown> runs(Campaign campaign, int before, int limit) {
        return lines.of(runs.page(campaign.id(), before, limit), campaign.name());
    }

    List<VersionLine> versions(Campaign campaign, int before, int limit) {
        return campaigns.versions(campaign.id(), before, limit).stream()
                .map(version -> new VersionLine(version.version(), version.file(), Moment.at(version.createdAt()),
                        version.version() == campaign.version()))
                .toList();
    }

    List<Doubtful> doubtful(Campaign campaign, @Nullable RowId after, int limit) {
        return doubts.rows(campaign, after, limit).stream().map(CampaignViews::doubtful).toList();
    }

    /** How long that many take at the campaign's own rate; "" if it has none. */
    String time(Campaign campaign, long people) {
        var rate = spec(campaign).rate();
        if (rate == null || people == 0) {
            return "";
        }
        return "At " + rate + " that takes about "
                + Words.duration(Duration.ofMillis(rate.intervalMicros() * people / 1000)) + ".";
    }

    private static Doubtful doubtful(LedgerRow row) {
        return new Doubtful(row.row().toString(), row.address(), row.reason(), row.host(), row.reply(),
                Moment.of(row.lastAttempt()));
    }

    private CampaignSpec spec(Campaign campaign) {
        Version version = campaigns.version(campaign.id(), campaign.version());
        return version.spec();
    }
}
